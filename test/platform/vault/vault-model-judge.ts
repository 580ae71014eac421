import assert from 'node:assert/strict';
import type { StartedPlatform } from '../../start-platform.ts';
import { rows } from '../world/envelopes.ts';
import { type Held, type Model, stateAt } from './vault-model-moves.ts';
import { filesOn, type Kept, keptOf } from './vault-stage.ts';

/** What must be so after every step, whatever was done. */
export function judgeAll(platform: StartedPlatform, model: Model): void {
  for (const held of model.envelopes) judge(platform, held);
  judgeFiles(platform);
}

interface Row {
  readonly state: string;
  readonly controller: string | null;
  readonly account_id: string;
  readonly has_key: number;
}

function judge(platform: StartedPlatform, held: Held): void {
  const [row, ...more] = rows<Row>(
    platform,
    'select state, controller, account_id, wrapped_key is not null as has_key from envelopes where id = ?',
    held.id,
  );
  assert.ok(row && more.length === 0);
  // What lapsed by the clock may not be written yet.
  const lapsing = held.state === 'released' && stateAt(held, platform.clock.now) === 'vaulted';
  if (!lapsing) assert.equal(row.state, held.state, held.id);
  const here = ['vaulted', 'released'].includes(held.state);
  assert.equal(row.controller, here ? row.account_id : null, 'one controller while it is here, and nobody else ever');
  assert.equal(row.has_key, held.state === 'destroyed' ? 0 : 1, 'the key is there until the acknowledgement, and not after it');
  if (here) judgeKept(platform, held);
}

/** One authoritative file that is the one that was signed; a copy and a record that are others, and are known by their hashes. */
function judgeKept(platform: StartedPlatform, { id, sha256 }: Held): void {
  const { authoritative, copy, custody } = keptOf(platform, id);
  assert.ok(authoritative && copy && custody);
  assert.equal(authoritative.sha256, sha256);
  assert.equal(new Set([authoritative, copy, custody].map((kept) => kept.sha256)).size, 3);
  const there = filesOn(platform);
  for (const { address } of [authoritative, copy, custody]) assert.equal(there.filter((name) => name === address).length, 1);
}

/** Every file on the disk is named once, by an envelope whose key is there or as one that is to be deleted: nothing is kept in secret. */
function judgeFiles(platform: StartedPlatform): void {
  const live = rows<Record<string, string | null>>(
    platform,
    'select document, sealed, copy, custody from envelopes where wrapped_key is not null',
  );
  const named = live.flatMap((row) =>
    Object.values(row).flatMap((text) => (text && text !== 'null' ? [(JSON.parse(text) as Kept).address] : [])),
  );
  const doomed = rows<{ address: string }>(platform, 'select address from doomed_files').map(({ address }) => address);
  assert.deepEqual(filesOn(platform).sort(), [...named, ...doomed].sort());
}
