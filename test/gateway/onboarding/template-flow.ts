import assert from 'node:assert/strict';
import { type Flow, Step } from '../../../shared/onboarding/flow.ts';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { Outcome, SigningFrame } from '../../../shared/signing/vendor-page.ts';
import { eventually, type StartedGateway } from '../../start-gateway.ts';
import type { Visitor } from '../world/agreement.ts';
import { answered } from '../world/answers.ts';

/** Flows whose document is a template that the vendor has, and signers on a vendor's own page. */

/** The default flow with a `sign` step by template before its end. */
export async function signByTemplate(gateway: Pick<StartedGateway, 'admin'>, partnerId: string, template_id: string, more: object = {}) {
  const path = `/api/v1/admin/partners/${partnerId}/flow`;
  const { flow } = await answered<{ flow: Flow }>(gateway.admin('GET', path));
  const sign = { id: 'sign', kind: 'sign', template_id, title: 'Agreement', signer: { email: 'email', name: ['first_name', 'last_name'] } };
  const steps = flow.steps.filter(({ kind }) => kind !== 'sign');
  steps.splice(-1, 0, Step.parse({ ...sign, ...more }));
  await answered(gateway.admin('PUT', path, { steps }));
}

export const frameOf = (visitor: Visitor) => answered<SigningFrame>(visitor.call('POST', '/embed/ceremony/frame', {}));
export const outcomeOf = (visitor: Visitor) => answered<Outcome>(visitor.call('GET', '/embed/ceremony/outcome'));

/** What a person does on the vendor's page. */
export async function actOn({ embed_url }: Pick<SigningFrame, 'embed_url'>, ...acts: ('view' | 'sign' | 'decline')[]): Promise<void> {
  const { origin, pathname, hash } = new URL(embed_url);
  const authorization = `Bearer ${new URLSearchParams(hash.slice(1)).get('token')}`;
  for (const act of acts) {
    const { status } = await fetch(`${origin}${pathname}/${act}`, { method: 'POST', headers: { authorization } });
    assert.equal(status, 200);
  }
}

/** Asks the run again and again while the gateway's time runs, until it is as wanted. */
export const until = (gateway: StartedGateway, visitor: Visitor, wanted: (run: OnboardingView) => unknown) =>
  eventually(async () => {
    gateway.clock.advance(500);
    const run = await visitor.run();
    return wanted(run) ? run : undefined;
  });
