import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../../shared/problem.ts';
import type {
  CeremonyView,
  ConsentRequest,
  DeclineRequest,
  FieldsAnswer,
  FieldsRequest,
  FinishRequest,
  OutlineAnswer,
  OutlineRequest,
  PagesAnswer,
  PagesRequest,
} from '../../../../shared/signing/ceremony.ts';
import { turning } from '../../../../shared/text/written.ts';
import { fitFaults } from '../creation/fitting.ts';
import { gone } from '../files/files.ts';
import { controlFault } from '../files/print.ts';
import type { Links } from '../notices/links.ts';
import { announceEnd } from '../notices/signing-mail.ts';
import { documentOf, type Pass } from '../records/envelope.ts';
import type { OpenedFile } from '../records/files.ts';
import { isErased } from '../records/people.ts';
import type { Stores } from '../records/stores.ts';
import { answerFaults, textFault } from './answers.ts';
import { type Attendance, attendanceOf, requireConsent, requireMoved, requireTurn, settledAttendance, stateOf } from './attendance.ts';
import type { Call, CeremonyOptions } from './call.ts';
import { consent } from './consent.ts';
import { finish } from './finish.ts';
import { provenanceOf } from './provenance.ts';
import { viewOf } from './view.ts';

export type Ceremonies = ReturnType<typeof createCeremonies>;

/** The signing ceremony of shared/signing/ceremony.ts. Every act is one transaction that reads before it writes, and may be repeated. */
export const createCeremonies = (stage: CeremonyOptions) => {
  const { storage } = stage;
  const view = async (pass: Pass, at: number, zone?: string): Promise<CeremonyView> =>
    viewOf(await settledAttendance(storage.read, pass), at, zone);
  const act = (call: Call, work: (stores: Stores, attendance: Attendance) => Promise<void>) =>
    storage.transact(async (stores) => work(stores, await attendanceOf(stores, call.pass)));

  return {
    view,

    /** What is signed; once it is completed, the sealed file. */
    async document(pass: Pass, at: number): Promise<{ file: OpenedFile; vaulted: boolean }> {
      const attendance = await settledAttendance(storage.read, pass);
      const { sealed } = attendance.envelope;
      const document = documentOf(attendance.envelope);
      requireConsent(attendance);
      const state = stateOf(attendance.envelope, at);
      if (['declined', 'voided', 'expired'].includes(state)) throw new Failure('ceremony-ended', `It is ${state}.`);
      return { file: await stage.files.open(attendance.envelope, sealed ?? document, at), vaulted: attendance.envelope.vaultedAt !== null };
    },

    /** Bytes of what lies in the vault are given out; the vault's record says to which signer. */
    recordReading: (call: Call): Promise<void> =>
      act(call, async (stores, { envelope, signer, sender }) => {
        if (isErased(signer)) throw new Failure('token-invalid');
        if (envelope.state === 'destroyed') throw gone();
        const event = { envelopeId: envelope.id, at: call.at, signerId: signer.id, reached: provenanceOf(call, sender) };
        await stores.envelopes.record({ ...event, kind: 'vault.read', detail: 'authoritative' });
      }),

    async consent(call: Call, request: ConsentRequest): Promise<CeremonyView> {
      await act(call, (stores, attendance) => consent(stores, attendance, call, request));
      return view(call.pass, call.at, request.time_zone);
    },

    async pages(call: Call, request: PagesRequest): Promise<PagesAnswer> {
      await act(call, (stores, attendance) => see(stores, attendance, call, request));
      return { pages_seen: [...(await settledAttendance(storage.read, call.pass)).signer.pagesSeen] };
    },

    fields: (call: Call, request: FieldsRequest): Promise<FieldsAnswer> => answer(stage, call, request),

    /** How a typed signature will look. Nothing is kept of it. */
    async outline({ pass, at }: Call, request: OutlineRequest): Promise<OutlineAnswer> {
      const attendance = await settledAttendance(storage.read, pass);
      requireTurn(attendance, at);
      requireConsent(attendance);
      const documents = stage.documents.of(pass.accountId);
      const [fault] = textFault(request.text, documents);
      if (fault) throw new Failure('invalid-input', undefined, { errors: [{ pointer: '/text', ...fault }] });
      return documents.outline(request);
    },

    async finish(call: Call, request: FinishRequest): Promise<CeremonyView> {
      await finish(stage, call, request);
      return view(call.pass, call.at);
    },

    async decline(call: Call, request: DeclineRequest): Promise<CeremonyView> {
      await act(call, (stores, attendance) => decline(stores, stage.links, attendance, call, request.reason));
      return view(call.pass, call.at);
    },
  };
};

/** Pages add up; that all were shown is recorded once, as what it is: the browser's word. */
async function see(stores: Stores, attendance: Attendance, call: Call, request: PagesRequest): Promise<void> {
  const { at } = call;
  const { envelope, signer } = attendance;
  if (signer.state === 'signed') return;
  requireTurn(attendance, at);
  requireConsent(attendance);
  const count = documentOf(envelope).pages.length;
  const faults = request.pages.flatMap((page, i) =>
    page > count ? [{ pointer: `/pages/${i}`, code: 'no-such-page', message: `The document has ${count} pages.` }] : [],
  );
  if (faults.length > 0) throw new Failure('invalid-input', undefined, { errors: faults });
  const pagesSeen = [...new Set([...signer.pagesSeen, ...request.pages])].sort((a, b) => a - b);
  if (pagesSeen.length === signer.pagesSeen.length) return;
  requireMoved(await stores.envelopes.moveSigner(signer, { pagesSeen }));
  if (pagesSeen.length < count) return;
  const { assurance, session } = provenanceOf(call, attendance.sender);
  const byBrowser = { assurance, session, address: null, userAgent: null, reportedBy: 'the browser' };
  const event = { envelopeId: envelope.id, at, signerId: signer.id, reached: byBrowser };
  await stores.envelopes.record({ ...event, kind: 'signer.read', detail: null });
}

/** All answers are kept, or none. Those that are kept already are not counted again. */
async function answer({ storage, ...stage }: CeremonyOptions, { pass, at }: Call, request: FieldsRequest): Promise<FieldsAnswer> {
  const documents = stage.documents.of(pass.accountId);
  const values = new Map(Object.entries(request.values));
  const before = await settledAttendance(storage.read, pass);
  requireTurn(before, at);
  requireConsent(before);
  const own = before.fields.filter((field) => field.signerId === before.signer.id);
  // Fonts are asked outside of the transaction; whose fields these are does not change.
  const errors = answerFaults(values, own, documents);
  if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
  const given = own.flatMap((field) => {
    const value = values.get(field.id) ?? null;
    return isDeepStrictEqual(value, field.value) ? [] : [{ field, value, pointer: `/values/${field.id}` }];
  });
  const unfit = await fitFaults(documents, given, documentOf(before.envelope).pages);
  if (unfit.length > 0) throw new Failure('invalid-input', undefined, { errors: unfit });
  return storage.transact(async (stores) => {
    const attendance = await attendanceOf(stores, pass);
    requireTurn(attendance, at);
    const { revision, savedAt, id } = attendance.signer;
    const isKept = ([field, value]: [string, unknown]) =>
      isDeepStrictEqual(attendance.fields.find((known) => known.id === field)?.value, value);
    if ([...values].every(isKept)) return { revision, saved_at: new Date(savedAt ?? at).toISOString() };
    return { revision: await stores.envelopes.answer(id, values, at), saved_at: new Date(at).toISOString() };
  });
}

async function decline(stores: Stores, links: Links, attendance: Attendance, call: Call, reason: string): Promise<void> {
  const { at } = call;
  const { envelope, signer } = attendance;
  if (signer.state === 'declined') return;
  requireTurn(attendance, at);
  requireProse(reason);
  requireMoved(await stores.envelopes.moveSigner(signer, { state: 'declined' }));
  requireMoved(await stores.envelopes.move(envelope, { state: 'declined', ended: { signerId: signer.id, reason, at }, updatedAt: at }));
  const event = { envelopeId: envelope.id, at, signerId: signer.id };
  await stores.envelopes.record({ ...event, kind: 'signer.declined', reached: provenanceOf(call, attendance.sender), detail: reason });
  await stores.envelopes.record({ ...event, kind: 'envelope.declined', reached: null, detail: null });
  await announceEnd(stores, links, attendance, { by: signer, reason }, at);
}

/** It is kept and mailed as it is; half surrogate pairs would be kept as other characters than those the log's leaf was made of. */
function requireProse(reason: string): void {
  const error = { pointer: '/reason', ...controlFault(reason.replace(/[\n\r\t]/g, ' ')) };
  if (!reason.isWellFormed() || /[^\P{Cc}\n\r\t]/u.test(reason) || turning.test(reason))
    throw new Failure('invalid-input', undefined, { errors: [error] });
}
