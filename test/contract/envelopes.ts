import assert from 'node:assert/strict';
import { pdfOf } from '../platform/world/envelopes.ts';
import { eventually } from '../start-gateway.ts';
import { type Answer, type As, data, type Target } from './world/targets.ts';

/** What the rows of Loyva's page begin with: envelopes in every state, made by its own calls. */

export const envelopesPath = '/api/v2/partner/envelopes';
export const unknown = `env_${'a'.repeat(12)}`;

/** `''`, `?limit=1` and `env_x/status` are below the envelopes; what begins with a slash is a path of its own. */
const pathOf = (path: string): string => (path.startsWith('/') ? path : `${envelopesPath}${/^(?:\?|$)/.test(path) ? '' : '/'}${path}`);

export const ask = (target: Target, method: string, path: string, body?: unknown, as?: As): Promise<Answer> =>
  target.ask('loyva', method, pathOf(path), body, as);

/** A request that is accepted; `over` changes what a test is about. */
export const order = async (target: Target, over: Record<string, unknown> = {}): Promise<Record<string, unknown>> => ({
  customer_email: 'ada@shop.example',
  customer_name: 'Ada Nordin',
  ...(over.envelope_kind === 'paper' ? {} : await target.agreement()),
  ...over,
});

export interface Envelope extends Record<string, unknown> {
  readonly envelope_id: string;
  readonly customer_id: string;
  readonly status: string;
  readonly vaulted: boolean;
}

export const made = async (target: Target, over: Record<string, unknown> = {}): Promise<Envelope> =>
  data<Envelope>(ask(target, 'POST', '', await order(target, over)));

export const sent = async (target: Target, over: Record<string, unknown> = {}): Promise<string> => (await made(target, over)).envelope_id;
export const paper = (target: Target): Promise<string> => sent(target, { envelope_kind: 'paper' });

/** A form with one file. */
export function formOf(part: string, bytes: Uint8Array, type = 'application/pdf'): FormData {
  const form = new FormData();
  form.set(part, new File([new Uint8Array(bytes)], 'lease.pdf', { type }));
  return form;
}

export async function uploaded(target: Target): Promise<string> {
  const id = await paper(target);
  await data(ask(target, 'POST', `${id}/upload`, formOf('file', await pdfOf('Signed on paper'))));
  return id;
}

/** Vaulted, from paper: that needs no ceremony. The vendor may take a moment. */
export async function vaulted(target: Target): Promise<string> {
  const id = await uploaded(target);
  await data(ask(target, 'POST', `${id}/vault-in-upload`, {}));
  return becomes(target, id, 'vaulted');
}

/** Frozen for that recipient. */
async function released(target: Target): Promise<string> {
  const id = await vaulted(target);
  await data(ask(target, 'POST', `${id}/vault-out`, release), 200);
  return id;
}
export const release = { reason: 'Assignment', recipient: 'Northern Bank' };

const makers = { sent, paper, uploaded, vaulted, released } as const;
const kept = new WeakMap<Target, Map<string, Promise<string>>>();

/** One envelope of each state and target, for checks that leave it as it is: making one takes a while. */
export function standing(target: Target, state: keyof typeof makers): Promise<string> {
  const known = kept.get(target) ?? new Map<string, Promise<string>>();
  kept.set(target, known);
  const found = known.get(state) ?? makers[state](target);
  known.set(state, found);
  return found;
}

export async function becomes(target: Target, id: string, status: string): Promise<string> {
  await eventually(async () => (await data<Envelope>(ask(target, 'GET', `${id}/status`))).status === status);
  return id;
}

/** `{error, details?}`, and never `data` beside it. */
export function assertRefused(answer: Answer, status: number, ...pointers: string[]): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(typeof answer.json.error, 'string', answer.text);
  assert.ok(!('data' in answer.json));
  const { details } = answer.json;
  if (details !== undefined) assert.ok(Array.isArray(details), answer.text);
  for (const pointer of pointers)
    assert.ok(
      (details as { pointer?: string }[]).some((fault) => fault.pointer === pointer),
      `${pointer} is not named: ${answer.text}`,
    );
}

/** At the stand-in the faults have no pointers, so only their status is compared. */
export const places = (target: Target, ...pointers: string[]): string[] => (target.name === 'stand-in' ? [] : pointers);

/** Refused alike on every row: no key, a key that is not one, an envelope that is not the organization's. */
export async function assertGuarded(target: Target, method: string, path: (id: string) => string, body?: unknown): Promise<void> {
  for (const key of ['', 'x', `lk_${'0'.repeat(40)}`, `kvqp_${'0'.repeat(32)}`])
    assertRefused(await ask(target, method, path(unknown), body, { key }), 401);
  if (path(unknown) === path('')) return;
  for (const id of [unknown, 'x', 'env_%20']) assertRefused(await ask(target, method, path(id), body), 404);
}
