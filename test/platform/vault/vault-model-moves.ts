import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartedPlatform } from '../../start-platform.ts';
import type { Tool } from '../../tools.ts';
import { dataOf, partner, pdfOf } from '../world/envelopes.ts';
import { bytesAt, damage, hashOf, keptOf, type LinkData, type ReleaseData, upload } from './vault-stage.ts';

/** A small model of the vault, and what may be done to it: each move is tried in every state, and refused where the table has no such move. */

export interface Held {
  readonly id: string;
  readonly kind: 'esign' | 'paper';
  state: 'pending' | 'uploaded' | 'completed' | 'vaulted' | 'released' | 'destroyed' | 'voided';
  /** Of the authoritative file. */
  sha256: string;
  /** Of the newest release. */
  acknowledgeBy: number;
  /** Puts the authoritative file right again, while it is damaged. */
  repair: (() => void) | undefined;
}

export interface Link {
  readonly held: Held;
  readonly kind: 'authoritative' | 'copy' | 'export';
  readonly url: string;
  readonly expires: number;
}

export interface Model {
  readonly envelopes: Held[];
  readonly links: Link[];
}

export interface Real {
  readonly platform: StartedPlatform;
  readonly pdftotext: Tool;
  readonly after: (model: Model) => void;
}

/** What the API says: a release that nobody acknowledged in time is over at that instant. */
export const stateAt = ({ state, acknowledgeBy }: Held, now: number): Held['state'] =>
  state === 'released' && now >= acknowledgeBy ? 'vaulted' : state;

export type Act = (held: Held, real: Real, model: Model) => Promise<void>;

const post = ({ platform }: Real, id: string, path: string, body?: unknown) => partner(platform, 'POST', `${id}/${path}`, body ?? {});

async function refused(answer: Promise<{ status: number; text: string }>, status = 409): Promise<void> {
  const { status: given, text } = await answer;
  assert.equal(given, status, text);
}

/** Every call takes its turn in any state. */
export const acts: Readonly<Record<string, Act>> = {
  async upload(held, { platform }) {
    const bytes = await pdfOf(`Lease ${held.id}`, 'The second page');
    const answer = upload(platform, held.id, bytes);
    if (held.state !== 'pending') return refused(answer);
    assert.equal((await answer).status, 200);
    Object.assign(held, { state: 'uploaded', sha256: hashOf(bytes) });
  },
  async vaultIn(held, real) {
    const state = stateAt(held, real.platform.clock.now);
    const answer = post(real, held.id, held.kind === 'paper' ? 'vault-in-upload' : 'vault-in-signed');
    if (state === 'vaulted') return assert.equal((await answer).status, 200);
    if (!['uploaded', 'completed'].includes(state)) return refused(answer);
    if (held.repair) return assert.equal((await answer).status, 500);
    const { status, text } = await answer;
    assert.equal(status, 200, text);
    held.state = 'vaulted';
  },
  async wrongWayIn(held, real) {
    await refused(post(real, held.id, held.kind === 'paper' ? 'vault-in-signed' : 'vault-in-upload'));
  },
  async void(held, real) {
    const answer = post(real, held.id, 'void');
    if (!['pending', 'uploaded'].includes(held.state)) return refused(answer);
    assert.equal((await answer).status, 200);
    held.state = 'voided';
  },
  async release(held, real, model) {
    const state = stateAt(held, real.platform.clock.now);
    const answer = await post(real, held.id, 'vault-out', { reason: 'Assignment', recipient: 'Quay Bank' });
    if (state === 'vaulted' && held.repair) return assert.equal(answer.status, 500);
    if (state !== 'vaulted' && state !== 'released') return refused(Promise.resolve(answer));
    assert.equal(answer.status, 200, answer.text);
    const { export_url, acknowledge_by } = dataOf<ReleaseData>(answer);
    const expires = Date.parse(acknowledge_by);
    if (state === 'released') assert.equal(expires, held.acknowledgeBy);
    Object.assign(held, { state: 'released', acknowledgeBy: expires });
    model.links.push({ held, kind: 'export', url: export_url, expires });
  },
  async releaseToAnother(held, real) {
    if (stateAt(held, real.platform.clock.now) !== 'released') return;
    await refused(post(real, held.id, 'vault-out', { reason: 'Assignment', recipient: 'Another Bank' }));
  },
  async acknowledge(held, real) {
    const state = stateAt(held, real.platform.clock.now);
    const answer = post(real, held.id, 'vault-out/acknowledge', { sha256: held.sha256 || hashOf(Buffer.from('nothing')) });
    if (state !== 'released' && state !== 'destroyed') return refused(answer);
    const { status, text } = await answer;
    assert.equal(status, 200, text);
    held.state = 'destroyed';
  },
  async acknowledgeWrongly(held, real) {
    const state = stateAt(held, real.platform.clock.now);
    const answer = post(real, held.id, 'vault-out/acknowledge', { sha256: hashOf(Buffer.from('another file')) });
    await refused(answer, state === 'released' || state === 'destroyed' ? 422 : 409);
  },
  link: (held, real, model) => link(held, real, model, 'authoritative'),
  linkCopy: (held, real, model) => link(held, real, model, 'copy'),
  async damage(held, { platform }) {
    const { authoritative } = keptOf(platform, held.id);
    if (!authoritative || held.state === 'destroyed' || held.repair) return;
    held.repair = damage(platform, authoritative);
  },
  async repair(held) {
    held.repair?.();
    held.repair = undefined;
  },
};

async function link(held: Held, { platform, pdftotext }: Real, model: Model, kind: 'authoritative' | 'copy'): Promise<void> {
  const state = stateAt(held, platform.clock.now);
  const answer = await partner(platform, 'GET', `${held.id}/vault/${kind === 'copy' ? 'copy/' : ''}signed-url`);
  const expected = state === 'destroyed' ? 410 : state === 'released' && kind === 'authoritative' ? 409 : 200;
  const vaulted = ['vaulted', 'released', 'destroyed'].includes(state);
  assert.equal(answer.status, vaulted ? expected : 404, answer.text);
  if (answer.status !== 200) return;
  const { signed_url } = dataOf<LinkData>(answer);
  model.links.push({ held, kind, url: signed_url, expires: platform.clock.now + 300_000 });
  if (kind === 'copy') sayCopy(held, await bytesAt(signed_url), pdftotext);
}

/** Every page of the copy says that it is one. */
function sayCopy({ id, sha256 }: Held, bytes: Buffer, pdftotext: Tool): void {
  assert.notEqual(hashOf(bytes), sha256);
  const folder = mkdtempSync(join(tmpdir(), 'inlay-copy-'));
  const file = join(folder, 'copy.pdf');
  writeFileSync(file, bytes);
  const pages = pdftotext(file, '-').split('\f').slice(0, -1);
  rmSync(folder, { recursive: true });
  assert.ok(pages.length >= 2);
  for (const page of pages) assert.ok(page.includes(`Copy of ${id}, authoritative copy held by Harbor Leasing`), page);
}

/** Reads what an address led to: given out, frozen, damaged, over or gone. */
export async function read({ held, kind, url, expires }: Link, { platform }: Real): Promise<void> {
  const now = platform.clock.now;
  const state = stateAt(held, now);
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  const expected = () => {
    if (now >= expires || state === 'destroyed') return 410;
    if (kind === 'authoritative' && state === 'released') return 409;
    if (kind === 'export' && state !== 'released') return 410;
    return held.repair && kind !== 'copy' ? 500 : 200;
  };
  assert.equal(response.status, expected(), url);
  if (response.status === 200) assert.equal(hashOf(bytes) === held.sha256, kind !== 'copy');
  else assert.ok(!bytes.includes('%PDF'));
}
