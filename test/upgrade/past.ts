import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { FieldType, FieldValue } from '../../shared/signing/fields.ts';
import { eventually } from '../start-gateway.ts';
import { createVisitor, mintedToken } from '../visitor.ts';
import { form, plain } from './papers.ts';
import { bytesAt, envelopes, gateway, type Json, linkTokens, loyva, type Shown, signer, upload } from './partner.ts';
import type { Demo } from './program.ts';

/** What people did while the build before ran: an envelope in every state, runs in every state, a vault, two logs. */

export const ada = { email: 'ada@nordin.example', name: 'Ada Nordin', role: 'Lessee' } as const;
export const jonas = { email: 'jonas@harbor.example', name: 'Jonas Ek', role: 'Lessor' } as const;

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const drawn: FieldValue = {
  kind: 'drawn',
  strokes: [
    [
      [20, 120, 0, 0.5],
      [90, 40, 80, 0.7],
      [160, 130, 160, 0.5],
      [300, 60, 240, 0.4],
    ],
    [[330, 140, 400, 0.5]],
  ],
};
const text = (said: string): FieldValue => ({ kind: 'text', text: said });
const tiny =
  'Delivered to the quay in four parts, each with its own papers, on the days that the harbour master gives, and not on Sundays.';

/** Ada's answers by label: of each kind that a field had, one in letters far below six points, one that takes several lines. */
const answers: Readonly<Record<string, FieldValue>> = {
  Signature: drawn,
  Initials: { kind: 'typed', text: 'AN' },
  Title: text('Directrice générale'),
  Small: text(tiny),
  Lines: text('Skeppsbron 12, the second house behind the old customs office, 411 21 Gothenburg'),
  Agreed: { kind: 'checked', checked: true },
};
export const lastAnswers: Readonly<Record<string, FieldValue>> = { Signature: { kind: 'typed', text: 'Jonas Ek' } };

/** Fields of both on one page, in its lower half. */
const fieldsOn = (page: number) => {
  const field = (
    who: { email: string },
    type: FieldType,
    label: string,
    at: readonly [number, number, number, number],
    more: Json = {},
  ) => {
    const [x, y, width, height] = at;
    return { type, label, signer: who.email, page, x, y, width, height, required: true, ...more };
  };
  return [
    field(ada, 'signature', 'Signature', [0.1, 0.45, 0.3, 0.06]),
    field(ada, 'initials', 'Initials', [0.1, 0.53, 0.1, 0.04]),
    field(ada, 'date_signed', 'Date', [0.1, 0.59, 0.2, 0.025]),
    field(ada, 'name', 'Name', [0.1, 0.63, 0.3, 0.025]),
    field(ada, 'text', 'Title', [0.1, 0.67, 0.3, 0.025]),
    field(ada, 'text', 'Small', [0.1, 0.71, 0.12, 0.012]),
    field(ada, 'text', 'Lines', [0.1, 0.74, 0.3, 0.05]),
    field(ada, 'checkbox', 'Agreed', [0.1, 0.81, 0.03, 0.02]),
    field(jonas, 'signature', 'Signature', [0.55, 0.45, 0.3, 0.06]),
    field(jonas, 'text', 'Terms', [0.55, 0.53, 0.3, 0.025], { value: 'As agreed by telephone' }),
  ];
};

const newest = { customer_email: ada.email, customer_name: ada.name };

async function create(life: Demo, name: string, more: Json): Promise<string> {
  const body = { ...newest, envelope_name: name, ...more };
  return (await loyva<{ envelope_id: string }>(life, 'POST', envelopes, body, 201)).envelope_id;
}

const inBase64 = (bytes: Buffer, filename: string) => ({ document: { filename, content_base64: bytes.toString('base64') } });

/** An envelope with its document and the way in of each signer. */
export interface Sent {
  readonly id: string;
  readonly tokens: Readonly<Record<string, string>>;
}

async function send(life: Demo, name: string, more: Json = {}): Promise<Sent> {
  const id = await create(life, name, { ...inBase64(await plain(2, name), 'lease.pdf'), ...more });
  return { id, tokens: await linkTokens(life, id) };
}

export const signerOf = (life: Demo, { tokens }: Sent, { email } = ada as { email: string }) => signer(life, tokens[email] ?? '');

/** The one signer of an envelope signs on the page that was added for it. */
async function signAlone(life: Demo, sent: Sent): Promise<void> {
  const one = signerOf(life, sent);
  await one.consent();
  await one.answer({ signature: { kind: 'typed', text: ada.name } });
  await one.finish();
}

const statusOf = async (life: Demo, id: string) => (await loyva<{ status: string }>(life, 'GET', `${envelopes}/${id}/status`)).status;
export const becomes = (life: Demo, id: string, status: string) =>
  eventually(async () => (await statusOf(life, id)) === status, 120_000).catch(async () =>
    assert.fail(`${id} is ${await statusOf(life, id)}, not ${status}`),
  );

/** Half signed: Ada has finished; Jonas has opened it and seen her answers. */
export interface Half extends Sent {
  readonly document: Buffer;
  readonly seenBy: { readonly ada: Shown; readonly jonas: Shown };
}

async function halfSigned(life: Demo, name: string, file: Buffer, page: number): Promise<Half> {
  const sent = await send(life, name, {
    ...inBase64(file, 'order.pdf'),
    signers: [ada, jonas],
    signing_order: 'sequential',
    fields: fieldsOn(page),
  });
  const [first, second] = [signerOf(life, sent), signerOf(life, sent, jonas)];
  await first.consent();
  await first.answer(answers);
  await first.finish();
  await second.consent();
  return { ...sent, document: await second.document(), seenBy: { ada: await first.see(), jonas: await second.see() } };
}

/** The same, finished and sealed by the build before; its sealed file. */
async function twin(life: Demo, name: string, file: Buffer, page: number): Promise<Buffer> {
  const half = await halfSigned(life, name, file, page);
  const second = signerOf(life, half, jonas);
  await second.answer(lastAnswers);
  await second.finish();
  await becomes(life, half.id, 'completed');
  return second.document();
}

/** Signed, sealed and vaulted; what was vaulted. */
async function vaulted(life: Demo, name: string): Promise<Sent & { sealed: Buffer }> {
  const sent = await send(life, name);
  await signAlone(life, sent);
  await becomes(life, sent.id, 'completed');
  await loyva(life, 'POST', `${envelopes}/${sent.id}/vault-in-signed`);
  return { ...sent, sealed: await signerOf(life, sent).document() };
}

interface Release {
  readonly export_url: string;
}
const release = (life: Demo, id: string) =>
  loyva<Release>(life, 'POST', `${envelopes}/${id}/vault-out`, { reason: 'Assignment', recipient: 'Quay Bank' });

async function uploaded(life: Demo, name: string): Promise<{ id: string; bytes: Buffer }> {
  const id = await create(life, name, { envelope_kind: 'paper' });
  const bytes = await plain(2, name);
  await upload(life, id, bytes);
  return { id, bytes };
}

/** A call of the partner that the gateway keeps under its Idempotency-Key: a paper envelope that waits for its file. */
export const keptCall = (life: Demo) =>
  gateway<{ data: { envelope_id: string } }>(
    life,
    'POST',
    envelopes,
    { ...newest, envelope_name: 'Pending', envelope_kind: 'paper' },
    { 'Idempotency-Key': 'kept-from-before' },
  );

export type Past = Awaited<ReturnType<typeof pastOf>>;

/** All of it but what is under way when the program is killed. */
export async function pastOf(life: Demo) {
  const expired = await create(life, 'Expired', { ...inBase64(await plain(1), 'lease.pdf'), expires_at: new Date(Date.now() + 4_000) });
  const two = await plain(2);
  const orderForm = await form();
  const half = {
    plain: { ...(await halfSigned(life, 'Half signed', two, 2)), twin: await twin(life, 'Half signed', two, 2) },
    form: { ...(await halfSigned(life, 'Half signed form', orderForm, 1)), twin: await twin(life, 'Half signed form', orderForm, 1) },
  };

  const viewed = await send(life, 'Viewed', { fields: fieldsOn(1).filter((field) => field.signer === ada.email) });
  await signerOf(life, viewed).consent();
  await signerOf(life, viewed).answer({ ...answers, Small: text('Berth 7') });
  const completed = await send(life, 'Completed');
  await signAlone(life, completed);
  await becomes(life, completed.id, 'completed');

  const inVault = await vaulted(life, 'Vaulted');
  const link = await loyva<{ signed_url: string }>(life, 'GET', `${envelopes}/${inVault.id}/vault/signed-url?expires=3600`);
  const copy = await loyva<{ signed_url: string }>(life, 'GET', `${envelopes}/${inVault.id}/vault/copy/signed-url?expires=3600`);
  const certificate = await loyva<{ jws: string }>(life, 'GET', `${envelopes}/${inVault.id}/vault/certificate`);
  const released = await vaulted(life, 'Released');
  const { export_url: exportUrl } = await release(life, released.id);
  const destroyed = await vaulted(life, 'Destroyed');
  const gone = await release(life, destroyed.id);
  await bytesAt(gone.export_url);
  const sha256 = hashOf(destroyed.sealed);
  const acknowledged = await loyva(life, 'POST', `${envelopes}/${destroyed.id}/vault-out/acknowledge`, { sha256 });

  const declined = await send(life, 'Declined');
  await signerOf(life, declined).consent();
  await signerOf(life, declined).decline('We have bought the berth instead.');
  const voided = await create(life, 'Voided', inBase64(await plain(1), 'lease.pdf'));
  await loyva(life, 'POST', `${envelopes}/${voided}/void`, { reason: 'Sent to the wrong person' });

  const paper = await uploaded(life, 'Paper vaulted');
  await loyva(life, 'POST', `${envelopes}/${paper.id}/vault-in-upload`);
  const pending = await keptCall(life);

  const template = await loyva<{ template_id: string }>(
    life,
    'POST',
    '/api/v2/partner/templates',
    {
      name: 'A long lease',
      ...inBase64(await plain(300, 'A long lease'), 'long.pdf'),
      fields: fieldsOn(300).flatMap(({ signer: who, ...field }) => (who === ada.email ? [{ ...field, signer: ada.role }] : [])),
    },
    201,
  );
  return {
    half,
    sent: await send(life, 'Sent', { message: 'Please sign by Friday.', reminders: { after_days: 1, every_days: 1 } }),
    viewed,
    completed: { ...completed, sealed: await signerOf(life, completed).document() },
    vaulted: { ...inVault, url: link.signed_url, copyUrl: copy.signed_url, copy: await bytesAt(copy.signed_url), jws: certificate.jws },
    released: { ...released, exportUrl },
    destroyed: { ...destroyed, acknowledged },
    ended: { declined: declined.id, voided, expired },
    paper: { ...paper, pending: pending.json.data.envelope_id, uploaded: await uploaded(life, 'Paper uploaded') },
    templateId: template.template_id,
    webhooks: await webhooks(life),
    visits: await visits(life),
    expiry: () => becomes(life, expired, 'expired'),
  };
}

async function webhooks(life: Demo) {
  const body = { webhook_url: 'http://127.0.0.1:9/events', webhook_secret: 'a secret of sixteen or more' };
  await loyva(life, 'PATCH', '/api/v2/partner/webhook', body);
  await gateway(life, 'PATCH', '/api/v2/partner/webhook', body);
  return { webhook_url: body.webhook_url, webhook_secret_set: true };
}

/** Customers in the tag: one who has only looked, one who has begun to write, and a token that nobody has used yet. */
async function visits(life: Demo) {
  const mint = (external_id: string) =>
    mintedToken(life.gatewayUrl, life.partnerKey, { customer: { external_id, email: `ada+invoice@${external_id}.example` } });
  const open = async (id: string) => {
    const visitor = await createVisitor(life.gatewayUrl, life.portalUrl);
    // The first seconds after a start refuse proofs from before it.
    await eventually(async () => (await visitor.open(await mint(id))).ok);
    return visitor;
  };
  const looked = await open('upgrade-new');
  await looked.run();
  const writing = await open('upgrade-draft');
  const { revision } = await writing.run();
  const values = { company_name: 'Nordin Tryck & Papper AB', city: 'Göteborg' };
  const kept = await writing.call('PATCH', '/embed/onboarding/draft', { values }, { 'if-match': `"r${revision}"` });
  assert.equal(kept.status, 200, await kept.text());
  return { looked, writing, values, unusedToken: await mint('upgrade-later') };
}

/** Several long documents finished at once: when the last finish is answered, not all of them are sealed. */
export async function finishMany(life: Demo, { templateId }: Pick<Past, 'templateId'>, count: number): Promise<Sent[]> {
  const many: Sent[] = [];
  for (let i = 1; i <= count; i++) {
    const id = await create(life, `Long lease ${i}`, { template_id: templateId, signers: [ada] });
    many.push({ id, tokens: await linkTokens(life, id) });
  }
  const all = many.map((sent) => signerOf(life, sent));
  for (const one of all) {
    await one.consent();
    await one.answer(answers);
  }
  await Promise.all(all.map((one) => one.finish()));
  return many;
}
