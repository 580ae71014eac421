import { readFileSync } from 'node:fs';
import { startupSnapshot } from 'node:v8';
// Before the libraries, which ask for what it brings.
import '../newer.ts';
import { withPromiseTry } from '../newer.ts';
import { listen, rehearse } from './intake.child.ts';

// What the packed reader is made of: run once by packReader, with a file to read; every child goes on from there.
const upload = new Uint8Array(readFileSync(process.argv[2] ?? ''));
void withPromiseTry(() =>
  rehearse({ kind: 'take-in', upload, signed: 'refused', fields: 'become', maxPages: 500, maxBytes: 1_000_000 }),
).then((answer) => {
  if (answer.kind !== 'taken-in') throw new Error(`The packed reader does not read a plain file: ${JSON.stringify(answer)}`);
});
startupSnapshot.setDeserializeMainFunction(listen);
