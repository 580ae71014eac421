import { type CeremonyField, CeremonyView, FieldsAnswer } from '../../shared/signing/ceremony.ts';
import type { FieldType, FieldValue } from '../../shared/signing/fields.ts';
import type { Session, Signing, Storage } from './domain/records/ports.ts';
import type { Ceremonies } from './domain/signing/ceremonies.ts';

/** How long a vendor that answers is waited for, in milliseconds; else the worker goes on by itself and the next start signs. */
const patience = 20_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const browser = { address: '127.0.0.1', userAgent: 'Inlay demo' };

/** Answers of the demo's customers; a date is filled in by the vendor. */
const answers = (name: string, { options, value }: CeremonyField): Readonly<Record<FieldType, FieldValue | null>> => {
  const chosen: FieldValue | null = options?.[0] ? { kind: 'chosen', option: options[0].value } : null;
  return {
    signature: { kind: 'typed', text: name },
    initials: { kind: 'typed', text: [...name.matchAll(/(?<!\p{L})\p{L}/gu)].join('') },
    name: { kind: 'text', text: name },
    text: value ?? { kind: 'text', text: 'Managing director' },
    checkbox: { kind: 'checked', checked: true },
    date_signed: null,
    radio: chosen,
    dropdown: chosen,
  };
};

/** Demo mode: signs or declines a customer's agreement through the ceremony, as the customer would. Nothing is done twice. */
export function demoSignatures({ storage, ceremonies, now }: { storage: Storage; ceremonies: Ceremonies; now: () => number }) {
  const signingOf = async ({ partnerId, customerId }: Session): Promise<Signing | undefined> => {
    const run = await storage.read.runs.findByCustomer(partnerId, customerId);
    return run && storage.read.signings.find(partnerId, run.id);
  };

  async function until(session: Session, there: (signing: Signing) => boolean): Promise<boolean> {
    for (const end = Date.now() + patience; Date.now() < end; await pause(200)) {
      const signing = await signingOf(session);
      if (signing && there(signing)) return true;
      if (signing?.unreachable) return false;
    }
    return false;
  }

  async function sign(session: Session): Promise<void> {
    const ask = (path: '/consent' | '/finish', body: object) =>
      ceremonies.ask(session, browser, { method: 'POST', path, body }, CeremonyView, now());
    const { consent } = await ceremonies.ask(session, browser, { method: 'GET', path: '' }, CeremonyView, now());
    const { fields, you, document, today } = await ask('/consent', { version: consent.version, sha256: consent.sha256, agreed: true });
    const values = Object.fromEntries(
      fields.flatMap((field) => {
        const value = field.mine ? answers(you.name, field)[field.type] : null;
        return value ? [[field.id, value]] : [];
      }),
    );
    const { revision } = await ceremonies.ask(session, browser, { method: 'PUT', path: '/fields', body: { values } }, FieldsAnswer, now());
    await ask('/finish', { document_sha256: document.sha256, revision, date: today });
    await until(session, ({ state }) => state === 'signed');
  }

  return {
    async bring(session: Session, stage: 'signed' | 'declined'): Promise<void> {
      // A run that began before there was something to sign has nothing to wait for.
      if (!(await signingOf(session))) return;
      if (!(await until(session, ({ state }) => state !== 'planned' && state !== 'asking'))) return;
      const signing = await signingOf(session);
      // A second envelope is somebody's own wish: it is theirs to sign.
      if (signing?.state !== 'open' || signing.round > 1) return;
      if (stage === 'signed') return sign(session);
      const body = { reason: 'We have decided to buy the equipment instead.' };
      await ceremonies.ask(session, browser, { method: 'POST', path: '/decline', body }, CeremonyView, now());
      await until(session, ({ state }) => state === 'declined');
    },
  };
}
export type DemoSignatures = ReturnType<typeof demoSignatures>;
