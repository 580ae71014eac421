import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hashOf, type Kept, placeOf } from '../platform/vault/vault-stage.ts';
import { rows } from '../platform/world/envelopes.ts';
import { type Item, type Station, stations } from './vault-client.ts';

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly state: string;
  readonly document: string;
  readonly copy: string | null;
  readonly custody: string | null;
  readonly controller: string | null;
  readonly release: string | null;
  readonly has_key: number;
  readonly stored: number;
  readonly acknowledged: number;
}

/** The books of a platform that is dead: each paper is before the vault, in it whole, frozen in it whole, or an acknowledged tombstone. */
export function judgeBooks(dataDir: string, items: readonly Item[]): void {
  const found = rows<Row>(
    { dataDir },
    `select id, account_id, state, document, copy, custody, controller, release, wrapped_key is not null as has_key,
      (select count(*) from envelope_events where envelope_id = envelopes.id and kind = 'vault.stored') as stored,
      (select count(*) from envelope_events where envelope_id = envelopes.id and kind = 'vault.acknowledged') as acknowledged
     from envelopes where kind = 'paper'`,
  );
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const row of found) judge(dataDir, row, byId.get(row.id));
  for (const { id, heard } of items) assert.ok(heard === 'nothing' || found.some((row) => row.id === id), `${id} was answered and is gone`);
}

const stationOf: Readonly<Record<string, Station>> = { pending: 'created' };

function judge(dataDir: string, row: Row, item: Item | undefined): void {
  const { id, state, has_key, controller, stored, acknowledged } = row;
  const about = `${id} is ${state}`;
  const station = stationOf[state] ?? (state as Station);
  const rank = stations.indexOf(station);
  assert.ok(rank > 0, about);
  if (item) assert.ok(rank >= stations.indexOf(item.heard), `${about}, and its partner had been told ${item.heard}`);
  const [before, gone] = [rank < stations.indexOf('vaulted'), state === 'destroyed'];
  assert.equal(stored, before ? 0 : 1, `${about} and was stored ${stored} times`);
  assert.equal(acknowledged, gone ? 1 : 0, `${about} and was acknowledged ${acknowledged} times`);
  assert.equal(controller, before || gone ? null : row.account_id, `${about} under the control of ${controller}`);
  assert.equal(has_key, gone ? 0 : 1, `${about} and its key is ${has_key ? 'there' : 'gone'}`);
  if (gone) {
    assert.ok(item?.asked, `${about}, and nobody acknowledged it`);
    assert.ok((JSON.parse(row.release ?? '{}') as { acknowledgedAt: number | null }).acknowledgedAt);
  } else if (!before) judgeFiles(dataDir, row, item);
}

/** The one authoritative file is whole, and so are its copy and its record. */
function judgeFiles(dataDir: string, { id, document, copy, custody }: Row, item: Item | undefined): void {
  const kept = [document, copy, custody].map((text) => JSON.parse(text ?? 'null') as Kept | null);
  for (const file of kept) {
    assert.ok(file, `${id} has not all of its files`);
    assert.equal(hashOf(readFileSync(placeOf({ dataDir }, file))), file.address, `a file of ${id} is damaged`);
  }
  if (item) assert.equal(kept[0]?.sha256, hashOf(item.pdf));
}

/** Addresses that rows name whose key is there. */
export const namedFiles = (dataDir: string): string[] =>
  rows<Pick<Row, 'document' | 'copy' | 'custody'>>(
    { dataDir },
    'select document, copy, custody from envelopes where wrapped_key is not null',
  )
    .flatMap(({ document, copy, custody }) => [document, copy, custody])
    .flatMap((text) => (text && text !== 'null' ? [(JSON.parse(text) as Kept).address] : []));
