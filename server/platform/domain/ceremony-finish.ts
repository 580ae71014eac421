import type { FinishRequest } from '../../../shared/ceremony.ts';
import { type FieldValue, isAnswered } from '../../../shared/fields.ts';
import { Failure } from '../../../shared/problem.ts';
import type { Books } from './books.ts';
import type { Call, Stage } from './ceremony.ts';
import { answerOf } from './ceremony-view.ts';
import { documentOf, type EnvelopeField } from './envelope.ts';
import { leastOf, reachedOf } from './reached.ts';
import { dayOf, requireConsent, requireMoved, requireTurn, type Scene, sceneOf } from './scene.ts';
import { inviteSigners } from './signing-mail.ts';
import { askedSigners } from './turns.ts';

/** Signs. What was seen must be what is kept: the document, the answers and the date; then all of it is fixed in one transaction. */
export async function finish({ store, links, wake }: Stage, call: Call, request: FinishRequest): Promise<void> {
  const everybody = await store.transact(async (books) => {
    const scene = await sceneOf(books, call.pass);
    if (scene.signer.state === 'signed') return false;
    check(scene, request, call.at);
    return sign(books, scene, call, (signed) => inviteSigners(books, links, signed, call.at, askedSigners(scene.envelope, scene.signers)));
  });
  if (everybody) wake('seal');
}

function check(scene: Scene, request: FinishRequest, at: number): void {
  const { envelope, signer } = scene;
  const document = documentOf(envelope);
  requireTurn(scene, at);
  requireConsent(scene);
  const changes = [
    request.document_sha256 !== document.sha256 && 'The document is another one.',
    request.revision !== signer.revision && 'The answers were changed elsewhere.',
    request.date !== dayOf(at) && 'The day of signing is another one.',
  ].filter((change) => change !== false);
  if (changes.length > 0) throw new Failure('ceremony-changed', changes.join(' '));
  if (envelope.requiredReading && signer.pagesSeen.length < document.pages.length) throw new Failure('pages-unread');
  const unanswered = ownFields(scene).filter((field) => field.required && !isAnswered(answerOf(field, signer, at)));
  const errors = unanswered.map(({ id }) => ({ pointer: `/values/${id}`, code: 'required', message: 'needs an answer' }));
  if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
}

/** Fixes the answers and moves signer and envelope on. True when nobody is left to sign. */
async function sign(books: Books, scene: Scene, call: Call, inviteNext: (signed: Scene) => Promise<void>): Promise<boolean> {
  const { at } = call;
  const reached = reachedOf(call, scene.sender);
  const { envelope, signer } = scene;
  await books.envelopes.answer(signer.id, valuesOf(ownFields(scene), scene, at), at);
  // Whoever agreed by a stronger way in and signs by a weaker one has signed by the weaker one.
  const least = leastOf(signer.reached, reached);
  requireMoved(await books.envelopes.moveSigner(signer, { state: 'signed', signedAt: at, reached: least }));
  const signers = scene.signers.map((other) => (other.id === signer.id ? { ...other, state: 'signed' as const, signedAt: at } : other));
  const everybody = signers.every(({ state }) => state === 'signed');
  const change = everybody ? { state: 'finishing' as const, finishedAt: at, updatedAt: at } : { updatedAt: at };
  requireMoved(await books.envelopes.move(envelope, change));
  await books.envelopes.record({ envelopeId: envelope.id, at, kind: 'signer.signed', signerId: signer.id, reached, detail: null });
  await inviteNext({ ...scene, signers });
  return everybody;
}

const ownFields = ({ fields, signer }: Scene): EnvelopeField[] => fields.filter((field) => field.signerId === signer.id);

const valuesOf = (fields: readonly EnvelopeField[], { signer }: Scene, at: number): Map<string, FieldValue | null> =>
  new Map(fields.map((field) => [field.id, answerOf(field, signer, at)]));
