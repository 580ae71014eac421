import { type Generated, type Kysely, sql } from 'kysely';

/** What is to be announced, written in the transaction that decides it and delivered afterwards, at least once, under one id. */
export interface OutboxTable {
  id: string;
  kind: string;
  body: string;
  added_at: number;
  next_at: number;
  attempts: number;
  delivered_at: number | null;
  last_error: string | null;
  /** What a message is about, to be found by: made of its body by the database, as its part says. */
  about: Generated<string | null>;
}
export interface OutboxTables {
  outbox: OutboxTable;
}

export const outboxSchema = sql`
  create table outbox (
    id text primary key, kind text not null, body text not null, added_at integer not null, next_at integer not null,
    attempts integer not null default 0, delivered_at integer, last_error text
  ) strict`;

/** What came with lists whose cost does not grow. `about` is SQL over the columns. */
export const outboxLists = (about: string) => [
  sql`alter table outbox add column about text generated always as (${sql.raw(about)}) virtual`,
  sql`create index outbox_about on outbox (about) where about is not null`,
  sql`create index outbox_due on outbox (next_at) where delivered_at is null`,
  sql`create index outbox_delivered on outbox (kind, delivered_at) where delivered_at is not null`,
  sql`create index outbox_newest on outbox (kind, added_at, id)`,
];

export interface Message {
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  readonly attempts: number;
}

export interface Outbox {
  add(message: { id: string; kind: string; body: string; at: number }): Promise<void>;
  /** Takes messages that are due and hides them for `lease` milliseconds, so that a second worker or a restart does not send them too. */
  claim(now: number, lease: number, limit: number): Promise<Message[]>;
  delivered(id: string, at: number): Promise<void>;
  postpone(id: string, nextAt: number, error: string): Promise<void>;
}

export function outboxOn(db: Kysely<OutboxTables>): Outbox {
  return {
    async add({ id, kind, body, at }) {
      await db
        .insertInto('outbox')
        .values({ id, kind, body, added_at: at, next_at: at, attempts: 0, delivered_at: null, last_error: null })
        .execute();
    },
    claim: (now, lease, limit) =>
      db
        .updateTable('outbox')
        .set((e) => ({ next_at: now + lease, attempts: e('attempts', '+', 1) }))
        .where('id', 'in', (e) =>
          e.selectFrom('outbox').select('id').where('delivered_at', 'is', null).where('next_at', '<=', now).orderBy('next_at').limit(limit),
        )
        .returning(['id', 'kind', 'body', 'attempts'])
        .execute(),
    async delivered(id, at) {
      await db.updateTable('outbox').set({ delivered_at: at, last_error: null }).where('id', '=', id).execute();
    },
    async postpone(id, nextAt, error) {
      await db.updateTable('outbox').set({ next_at: nextAt, last_error: error }).where('id', '=', id).execute();
    },
  };
}
