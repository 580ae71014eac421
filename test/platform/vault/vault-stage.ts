import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, envelopesPath, partner, pdfOf, rows } from '../world/envelopes.ts';

/** What tests of the vault begin with: envelopes that are vaulted, and a look at the files that are kept. */

export interface LinkData {
  readonly signed_url: string;
  readonly filename: string;
  readonly expires_in: number;
  readonly expires_at: string;
  readonly single_use: boolean;
}

export interface ReleaseData {
  readonly envelope_id: string;
  readonly status: string;
  readonly export_url: string;
  readonly acknowledge_by: string;
}

export interface Kept {
  readonly address: string;
  readonly sha256: string;
  readonly size: number;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Signed by everybody and vaulted; its id. */
export async function vaultedOf(platform: StartedPlatform, over: Record<string, unknown> = {}): Promise<string> {
  const id = await create(platform, over);
  await complete(platform, id);
  const answer = await partner(platform, 'POST', `${id}/vault-in-signed`);
  assert.equal(answer.status, 200, answer.text);
  return id;
}

export async function upload(platform: { url: string; keys: { loyva: string } }, id: string, bytes: Uint8Array) {
  const form = new FormData();
  form.set('file', new Blob([Uint8Array.from(bytes)], { type: 'application/pdf' }), 'signed.pdf');
  const headers = { 'X-API-Key': platform.keys.loyva };
  const response = await fetch(`${platform.url}${envelopesPath}/${id}/upload`, { method: 'POST', headers, body: form });
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) as Record<string, unknown> };
}

/** What a paper is called, and what is uploaded to it. */
interface Paper {
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

/** A paper envelope, and what was uploaded to it; not vaulted yet. */
export async function uploadedTo(platform: StartedPlatform, given: Paper = {}): Promise<{ id: string; bytes: Buffer }> {
  const { text = 'Lease of berth 7' } = given;
  const request = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin', envelope_kind: 'paper', envelope_name: text };
  const made = await partner(platform, 'POST', '', request);
  assert.equal(made.status, 201, made.text);
  const id = dataOf(made).envelope_id;
  const bytes = given.bytes ? Buffer.from(given.bytes) : await pdfOf(text, `${text}, page 2`);
  const answer = await upload(platform, id, bytes);
  assert.equal(answer.status, 200, answer.text);
  return { id, bytes };
}

export async function paperVaulted(platform: StartedPlatform, given: Paper = {}): Promise<{ id: string; bytes: Buffer }> {
  const paper = await uploadedTo(platform, given);
  const answer = await partner(platform, 'POST', `${paper.id}/vault-in-upload`);
  assert.equal(answer.status, 200, answer.text);
  return paper;
}

export async function linkTo(platform: StartedPlatform, id: string, path = 'vault/signed-url'): Promise<LinkData> {
  const answer = await partner(platform, 'GET', `${id}/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return dataOf<LinkData>(answer);
}

export async function bytesAt(url: string): Promise<Buffer> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

export async function release(platform: StartedPlatform, id: string): Promise<ReleaseData> {
  const answer = await partner(platform, 'POST', `${id}/vault-out`, { reason: 'Assignment', recipient: 'Quay Bank' });
  assert.equal(answer.status, 200, answer.text);
  return dataOf<ReleaseData>(answer);
}

export const acknowledge = (platform: StartedPlatform, id: string, sha256: string) =>
  partner(platform, 'POST', `${id}/vault-out/acknowledge`, { sha256 });

/** The files that the envelope's row names; of a paper the authoritative one is its document. */
export function keptOf(platform: { dataDir: string }, id: string): Record<'authoritative' | 'copy' | 'custody' | 'document', Kept | null> {
  const [row] = rows<Record<'kind' | 'document' | 'sealed' | 'copy' | 'custody', string>>(
    platform,
    'select kind, document, sealed, copy, custody from envelopes where id = ?',
    id,
  );
  const read = (text: string | undefined) => JSON.parse(text ?? 'null') as Kept | null;
  return {
    authoritative: read(row?.kind === 'paper' ? row.document : row?.sealed),
    document: read(row?.document),
    copy: read(row?.copy),
    custody: read(row?.custody),
  };
}

export const placeOf = (platform: { dataDir: string }, { address }: Kept): string =>
  join(platform.dataDir, 'blobs', address.slice(0, 2), address);

/** Addresses of all files on the disk; the folder is made with the first. */
export function filesOn(platform: { dataDir: string }): string[] {
  const folder = join(platform.dataDir, 'blobs');
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  return names.map((name) => name.split('/').at(-1) ?? '').filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** Changes one bit of a kept file; what it returns puts it right again. */
export function damage(platform: { dataDir: string }, kept: Kept): () => void {
  const place = placeOf(platform, kept);
  const sound = readFileSync(place);
  const broken = Buffer.from(sound);
  broken[100] = (broken[100] ?? 0) ^ 1;
  writeFileSync(place, broken);
  return () => writeFileSync(place, sound);
}
