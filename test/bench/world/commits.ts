import SqliteFile from 'better-sqlite3';

/**
 * Loaded before a gateway that is measured: tells how many commits it made, at each SIGUSR2; with BENCH_UNSYNCED its database runs at
 * `synchronous=OFF`, and is told that it does not.
 */
const { prototype } = SqliteFile as unknown as { prototype: SqliteFile.Database };
const { pragma, prepare } = prototype;
let commits = 0;

if (process.env.BENCH_UNSYNCED)
  prototype.pragma = function (this: SqliteFile.Database, text, options) {
    return pragma.call(this, text === 'synchronous = FULL' ? 'synchronous = OFF' : text, options);
  };
prototype.prepare = function (this: SqliteFile.Database, text: string) {
  const said = process.env.BENCH_UNSYNCED && text === 'pragma synchronous' ? 'select 2 as synchronous' : text;
  const statement = prepare.call(this, said);
  if (text !== 'commit') return statement;
  const run = statement.run.bind(statement);
  statement.run = (bound: object) => {
    commits++;
    return run(bound);
  };
  return statement;
} as typeof prepare;

// A message would reach what the gateway listens for too.
process.on('SIGUSR2', () => process.send?.({ commits }));
