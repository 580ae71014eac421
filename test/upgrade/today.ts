import assert from 'node:assert/strict';
import type { FieldValue } from '../../shared/signing/fields.ts';
import { sign, signState } from '../gateway/world/agreement.ts';
import { signerWith } from '../platform/ceremony/ceremony-stage.ts';
import { eventually } from '../start-gateway.ts';
import { createVisitor, ada as details } from '../visitor.ts';
import type { Past } from './past.ts';
import type { Demo } from './program.ts';

/** What people do once this build runs, as its own views speak. */

/** Consents where that is still to be done, answers one's own fields by their labels or types, and finishes. */
export async function finishNow(life: Demo, token: string, values: Readonly<Record<string, FieldValue>>): Promise<void> {
  const signer = signerWith({ url: life.platformUrl }, token);
  const done = async (answer: ReturnType<typeof signer.finish>) => {
    const { status, text } = await answer;
    assert.equal(status, 200, text);
  };
  if ((await signer.read()).consent.given_at === null) await done(signer.consent());
  const { fields } = await signer.read();
  const own = fields.flatMap(({ id, mine, label, type }) => {
    const value = values[label ?? ''] ?? values[type];
    return mine && value ? [[id, value] as const] : [];
  });
  await done(signer.save(Object.fromEntries(own)));
  await done(signer.finish());
}

/** Customers go on in the sessions that they had: one still sees nothing but the form, one writes on, opens accounts, signs and is done. */
export async function visitAgain(life: Demo, { visits }: Pick<Past, 'visits'>): Promise<void> {
  const { looked, writing, values, unusedToken } = visits;
  // The first seconds after a start refuse proofs from before it.
  await eventually(async () => (await looked.call('GET', '/embed/onboarding')).ok);
  assert.equal((await looked.run()).status, 'new');
  const draft = await writing.run();
  assert.deepEqual([draft.status, draft.details.values], ['in_progress', { ...draft.details.values, ...values }]);
  const answer = await writing.submit({ ...details, email: 'ada+invoice@upgrade-draft.example' });
  assert.equal(answer.status, 200, await answer.text());
  await signState(writing, 'open');
  await sign(writing);
  await signState(writing, 'signed');
  await eventually(async () => (await writing.run()).status === 'done');
  const later = await createVisitor(life.gatewayUrl, life.portalUrl);
  const opening = await later.open(unusedToken);
  assert.equal(opening.status, 201, await opening.text());
}
