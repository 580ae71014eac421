import type { Page } from 'playwright-core';
import { makeAgreement } from '../../../server/demo/agreement.ts';
import { type CeremonyView, ceremonyPath } from '../../../shared/signing/ceremony.ts';
import type { FieldType } from '../../../shared/signing/fields.ts';
import { call } from '../../start-platform.ts';
import { mintedToken } from '../../visitor.ts';
import type { Placement } from '../world/host.ts';
import { heading, type WidgetStage } from '../world/stage.ts';

export const ada = { email: 'ada@nordin.example', name: 'Ada Nordin', role: 'Lessee' } as const;
export const jonas = { email: 'jonas@harbor.example', name: 'Jonas Ek', role: 'Lessor' } as const;

/** The demo's lease agreement: three pages. */
export const agreement = Buffer.from(await makeAgreement());
const path = '/api/v2/partner/envelopes';

/** One field of Ada's or Jonas's, in fractions of its page. */
export interface Placed {
  readonly type: FieldType;
  readonly page: number;
  readonly y: number;
  readonly x?: number;
  readonly width?: number;
  readonly height?: number;
  readonly signer?: string;
  readonly required?: boolean;
  readonly label?: string;
}

/** One of each kind, on pages 2 and 3, and one of the next signer's. */
export const everyKind: readonly Placed[] = [
  { type: 'initials', page: 2, x: 0.85, y: 0.5, width: 0.1, height: 0.04 },
  { type: 'checkbox', page: 3, y: 0.12, width: 0.03, height: 0.02, required: false, label: 'Delivery in two parts' },
  { type: 'signature', page: 3, y: 0.7, width: 0.36, height: 0.06 },
  { type: 'name', page: 3, y: 0.79, width: 0.36, height: 0.025 },
  { type: 'text', page: 3, y: 0.85, width: 0.17, height: 0.03, label: 'Title' },
  { type: 'date_signed', page: 3, x: 0.3, y: 0.85, width: 0.17, height: 0.03 },
  { type: 'signature', page: 3, x: 0.53, y: 0.7, width: 0.36, height: 0.06, signer: jonas.email },
];

/** The widget's partner signs too: its envelopes, and pages for their signers. */
export class SigningStage {
  readonly #widget: WidgetStage;
  #partner: Promise<{ id: string; key: string }> | undefined;

  constructor(widget: WidgetStage) {
    this.#widget = widget;
  }

  /** Sends an envelope to Ada, and after her to Jonas when a field is his. */
  async send(fields: readonly Placed[] = everyKind, more: object = {}): Promise<string> {
    const both = fields.some(({ signer }) => signer === jonas.email);
    const made = await this.ask('POST', '', '', {
      customer_email: ada.email,
      customer_name: ada.name,
      envelope_name: 'Equipment lease agreement',
      signing_order: 'sequential',
      document: { filename: 'lease.pdf', content_base64: agreement.toString('base64') },
      signers: both ? [ada, jonas] : [ada],
      fields: fields.map((field) => ({ signer: ada.email, x: 0.11, width: 0.2, height: 0.04, required: true, ...field })),
      ...more,
    });
    if (made.status !== 201) throw new Error(made.text);
    return (made.json.data as { envelope_id: string }).envelope_id;
  }

  /** An embed token for one signer of an envelope. */
  async mint(envelope_id: string, user_email: string = ada.email): Promise<string> {
    const { gateway, host, platform } = this.#widget;
    this.#partner ??= gateway.partner({ origins: [host.origin], vendorKeys: { loyva: platform.keys.loyva } });
    const { key } = await this.#partner;
    return mintedToken(gateway.url, key, { widget_type: 'sign', envelope_id, user_email, customer: undefined });
  }

  /** The address of the hosted page for one signer. */
  async link(envelope: string, email: string = ada.email): Promise<string> {
    const { json } = await this.ask('GET', envelope, '/signing-links');
    const links = json.data as { email: string; signing_url: string }[];
    return links.find((each) => each.email === email)?.signing_url ?? '';
  }

  /** Asks the vendor API about an envelope. */
  ask(method: string, envelope: string, act = '', body?: unknown) {
    const { platform } = this.#widget;
    return call(platform, method, `${path}${envelope && `/${envelope}`}${act}`, { 'X-API-Key': platform.keys.loyva }, body);
  }

  async status(envelope: string): Promise<string> {
    const { json } = await this.ask('GET', envelope, '/status');
    return (json.data as { status: string }).status;
  }
}

/** Agrees, and waits for the document to lie on the desk. */
export async function agree(page: Page): Promise<void> {
  await heading(page, 'Before you sign on screen').waitFor();
  await page.getByRole('checkbox', { name: 'I have read this' }).check();
  await page.getByRole('button', { name: 'Agree and open the document' }).click();
  await page.locator('.textLayer span').first().waitFor({ state: 'attached' });
}

type Play = Parameters<WidgetStage['scene']>[1];

/** A page with the tag, for one signer of an envelope. */
export const open = (
  widget: WidgetStage,
  stage: SigningStage,
  envelope: string,
  play: Play,
  email: string = ada.email,
  prepare?: (page: Page) => Promise<unknown>,
  placement: Placement = {},
): Promise<void> => widget.scene({ give: () => stage.mint(envelope, email), ...(prepare ? { prepare } : {}), ...placement }, play);

/** Calls of one signer by link, without a browser. */
async function byLink(stage: SigningStage, envelope: string, email: string) {
  const { origin, hash } = new URL(await stage.link(envelope, email));
  return async (method: string, path: string, body?: unknown): Promise<CeremonyView> => {
    const answer = await call({ url: origin }, method, ceremonyPath + path, { Authorization: `Bearer ${hash.slice(1)}` }, body);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json as CeremonyView;
  };
}

/** One signer declines elsewhere. */
export async function declines(stage: SigningStage, envelope: string, email: string, reason: string): Promise<void> {
  const send = await byLink(stage, envelope, email);
  await send('POST', '/decline', { reason });
}

/** One signer signs elsewhere. */
export async function signs(stage: SigningStage, envelope: string, email: string): Promise<void> {
  const send = await byLink(stage, envelope, email);
  const { consent } = await send('GET', '');
  const { fields } = await send('POST', '/consent', { version: consent.version, sha256: consent.sha256, agreed: true });
  const asked = fields.filter(({ mine, value, required }) => mine && required && value === null);
  const typed = (type: string) => ({ kind: /signature|initials/.test(type) ? 'typed' : 'text', text: 'Ada Nordin' });
  await send('PUT', '/fields', { values: Object.fromEntries(asked.map(({ id, type }) => [id, typed(type)])) });
  const { document, revision, today } = await send('GET', '');
  await send('POST', '/finish', { document_sha256: document.sha256, revision, date: today });
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
export const marker = (page: Page, type: string) => page.locator(`button.marker[data-type=${type}]`).first();
export const alone = everyKind.filter(({ signer }) => !signer);
export const signature = alone.filter(({ type }) => type === 'signature');
/** Where the pad lies, once its dialog has risen to its place. */
export async function padOf(page: Page) {
  await page.locator('dialog').evaluate((dialog) => Promise.all(dialog.getAnimations().map(({ finished }) => finished)));
  return page.getByLabel('Pad to draw on').boundingBox();
}
export const dialogGone = (page: Page) => page.locator('dialog').waitFor({ state: 'detached' });

export async function typeSignature(page: Page): Promise<void> {
  await marker(page, 'signature').click();
  await page.getByRole('tab', { name: 'Type' }).click();
  await button(page, 'Use this signature').click();
  await dialogGone(page);
}
