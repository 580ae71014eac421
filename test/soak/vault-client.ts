import assert from 'node:assert/strict';
import { hashOf, type ReleaseData, upload } from '../platform/vault/vault-stage.ts';
import { dataOf, envelopesPath } from '../platform/world/envelopes.ts';
import { call, type StartedPlatform } from '../start-platform.ts';

/** A platform's life: where it is, and with which keys. */
export type Life = Pick<StartedPlatform, 'url' | 'keys'>;

/** How far a partner knows its envelope to be, by the answers it has heard. */
export const stations = ['nothing', 'created', 'uploaded', 'vaulted', 'released', 'destroyed'] as const;
export type Station = (typeof stations)[number];

/** One paper on its way into the vault and out of it. */
export interface Item {
  id: string;
  heard: Station;
  exportUrl: string;
  /** The acknowledgement was sent, whether or not it was answered. */
  asked: boolean;
  readonly pdf: Buffer;
}

export const newItem = (pdf: Buffer): Item => ({ id: '', heard: 'nothing', exportUrl: '', asked: false, pdf });

/** The call that leads to the next station; made again after it was cut off. */
const steps: Readonly<Record<Exclude<Station, 'destroyed'>, (life: Life, item: Item) => Promise<void>>> = {
  async nothing(life, item) {
    const request = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin', envelope_kind: 'paper', envelope_name: 'Lease' };
    item.id = dataOf<{ envelope_id: string }>(await post(life, '', request, 201)).envelope_id;
    item.heard = 'created';
  },
  async created(life, item) {
    const answer = await upload(life, item.id, item.pdf);
    // It had been taken before the answer was cut off.
    const taken = answer.status === 409 && (await statusOf(life, item)) === 'uploaded';
    assert.ok(answer.status === 200 || taken, answer.text);
    item.heard = 'uploaded';
  },
  async uploaded(life, item) {
    await post(life, `/${item.id}/vault-in-upload`, {});
    item.heard = 'vaulted';
  },
  async vaulted(life, item) {
    const answer = await post(life, `/${item.id}/vault-out`, { reason: 'Assignment', recipient: 'Quay Bank' });
    item.exportUrl = new URL(dataOf<ReleaseData>(answer).export_url).pathname + new URL(dataOf<ReleaseData>(answer).export_url).search;
    item.heard = 'released';
  },
  async released(life, item) {
    if (!item.asked) {
      const response = await fetch(life.url + item.exportUrl);
      const bytes = Buffer.from(await response.arrayBuffer());
      assert.deepEqual([response.status, hashOf(bytes)], [200, hashOf(item.pdf)]);
    }
    item.asked = true;
    await post(life, `/${item.id}/vault-out/acknowledge`, { sha256: hashOf(item.pdf) });
    item.heard = 'destroyed';
  },
};

export const takeStep = (life: Life, item: Item): Promise<void> =>
  item.heard === 'destroyed' ? Promise.resolve() : steps[item.heard](life, item);

async function post(life: Life, path: string, body: unknown, expected = 200) {
  const answer = await call(life, 'POST', envelopesPath + path, { 'X-API-Key': life.keys.loyva }, body);
  assert.equal(answer.status, expected, `${path}: ${answer.text}`);
  return answer;
}

async function statusOf(life: Life, { id }: Item): Promise<string> {
  const answer = await call(life, 'GET', `${envelopesPath}/${id}/status`, { 'X-API-Key': life.keys.loyva });
  return dataOf<{ status: string }>(answer).status;
}
