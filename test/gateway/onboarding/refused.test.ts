import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import type { RunView } from '../../../shared/registry.ts';
import { eventually, type StartedGateway, startGateway } from '../../start-gateway.ts';
import { ada } from '../../visitor.ts';
import { pdfWith, putDocument, type Visitor } from '../world/agreement.ts';
import { answered, entered } from '../world/answers.ts';
import { type Door, startStubLoyva } from '../world/stub-loyva.ts';
import { json, type Received, type Reply, startStubVendor, team } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const statuses = [400, 401, 403, 404, 409, 422];
let gateway: StartedGateway;
let loyva: Awaited<ReturnType<typeof startStubLoyva>>;
let scribeless: Awaited<ReturnType<typeof startStubVendor>>;
let kelviq: Awaited<ReturnType<typeof startStubVendor>>;
let document: Uint8Array;
before(async () => {
  [loyva, scribeless, kelviq] = [await startStubLoyva(), await startStubVendor(), await startStubVendor()];
  document = await pdfWith('An agreement');
});
after(() => {
  for (const each of [loyva, scribeless, kelviq]) each.close();
});

// Each call has a gateway of its own: time passes in it, and an administrator's token lasts an hour.
beforeEach(async () => {
  gateway = await startGateway({ vendors: { scribeless: scribeless.origin, kelviq: kelviq.origin, loyva: loyva.origin } });
});
afterEach(() => gateway.close());

let partners = 0;
type Vendor = 'scribeless' | 'kelviq' | 'loyva';
const secretOf = (vendor: Vendor, n = partners, round = 1) => `${vendor}_secret_${n}_${round}`;
/** A partner with keys of its own at these vendors, and a customer of it. */
async function begun(...vendors: Vendor[]) {
  partners += 1;
  const vendorKeys = Object.fromEntries(vendors.map((vendor) => [vendor, secretOf(vendor)]));
  const partner = await gateway.partner({ origins: [origin], vendorKeys });
  if (vendors.includes('loyva')) await answered(putDocument(gateway, partner.id, document));
  return { partner, visitor: await entered(gateway, partner.key, origin, `c-${partners}`) };
}
const until = (visitor: Visitor, wanted: (run: OnboardingView) => unknown) =>
  eventually(async () => {
    gateway.clock.advance(1_000);
    const run = await visitor.run();
    return wanted(run) ? run : undefined;
  });
const decide = (key: string, { run_id }: { run_id: string }, verb: string, body: object = {}, headers: object = {}) =>
  fetch(`${gateway.url}/partner/runs/${run_id}/${verb}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const runOf = (key: string, { run_id }: { run_id: string }) =>
  answered<RunView>(fetch(`${gateway.url}/partner/runs/${run_id}`, { headers: { 'x-api-key': key } }));
const putKey = (id: string, vendor: Vendor, customer?: string) =>
  answered(gateway.admin('PUT', `/api/v1/admin/partners/${id}/credentials`, { vendor, secret: secretOf(vendor, partners, 2), customer }));
const audit = async (id: string) =>
  (await answered<{ items: { kind: string }[] }>(gateway.admin('GET', `/api/v1/admin/partners/${id}/audit?limit=100`))).items.map(
    ({ kind }) => kind,
  );

/** Who can help, by the status. */
const reasonOf = (status: number) => ({ 400: 'answers', 401: 'key', 403: 'key', 422: 'answers' })[status] ?? 'vendor';

/** Time passes, and the workers have verifiably taken turns in it: another partner's customer was served. */
async function minutesPass(vendor: 'kelviq' | 'scribeless'): Promise<void> {
  const { received } = vendor === 'kelviq' ? kelviq : scribeless;
  for (const minutes of [1, 6]) {
    gateway.clock.advance(minutes * 60_000);
    const partner = await gateway.partner({ origins: [origin], vendorKeys: { [vendor]: `witness_${gateway.clock.now()}` } });
    const witness = await entered(gateway, partner.key, origin, 'witness');
    const before = received.length;
    await answered(witness.submit({ ...ada, email: `witness${minutes}@x.example` }));
    await eventually(async () => received.slice(before).some(({ body }) => body.includes(`witness${minutes}@`)));
  }
}

const openedTeam: Reply = (response) =>
  json(response.req.method === 'POST' ? team(`slt_${scribeless.received.length}_secret`) : { teamId: 'team_1', templatesReady: true })(
    response,
  );
const organization = (externalId: string) => ({
  organizationIdentifier: `org-${externalId}`,
  serverKey: `sk_${partners}_${externalId}`,
  partnerExternalId: externalId,
});
const openedOrganization: Reply = (response) => {
  const body = JSON.parse(kelviq.received.at(-1)?.body || '{}') as { externalId?: string };
  json(body.externalId ? organization(body.externalId) : { detail: 'Not found.' }, body.externalId ? 201 : 404)(response);
};
const countOf = (received: readonly Received[], method: string, url: string) =>
  received.filter((each) => each.method === method && each.url.includes(url)).length;

interface Call {
  readonly at: string;
  readonly vendors: Vendor[];
  /** Lets the vendor answer this call so; without an answer, as it should. */
  answer(status?: number): void;
  asked(): number;
  /** Brings the run to the call. */
  reach?(visitor: Visitor, key: string): Promise<unknown>;
  /** How the run is once it went on; unless told, with its envelope open or its accounts ready. */
  on?(run: OnboardingView): unknown;
  /** What this vendor's documentation says this status means instead; undefined: nothing else. */
  readonly but?: Readonly<Record<number, string>>;
  /** Where the vendor's words are not what is said. */
  readonly said?: Readonly<Record<number, string>>;
  /** The key that it was refused to is a customer's. */
  readonly ofCustomer?: boolean;
}
const refusal = (status: number) => json({ error: 'No, not so.', message: 'No, not so.', detail: 'No, not so.' }, status);
const atLoyva = (at: Door, more: Partial<Call> = {}): Call => ({
  at: `Loyva ${at || 'POST'}`,
  vendors: ['scribeless', 'loyva'],
  answer: (status) => {
    scribeless.answerWith(openedTeam);
    loyva.at(at, status === undefined ? undefined : refusal(status));
  },
  asked: () => loyva.count(at),
  ...more,
});
const opened = (visitor: Visitor) => until(visitor, ({ sign }) => sign?.state === 'open');
/** The envelope is moved on at the vendor. */
const move = (status: string) => {
  const [newest] = loyva.envelopes;
  assert.ok(newest);
  newest.status = status;
};
const calls: readonly Call[] = [
  {
    at: 'Scribeless: open',
    vendors: ['scribeless'],
    answer: (status) => scribeless.answerWith(status === undefined ? openedTeam : refusal(status)),
    asked: () => countOf(scribeless.received, 'POST', '/api/partner/teams'),
  },
  {
    at: 'Scribeless: status',
    vendors: ['scribeless'],
    answer: (status) =>
      scribeless.answerWith((response) =>
        (status === undefined || response.req.method === 'POST' ? openedTeam : refusal(status))(response),
      ),
    asked: () => countOf(scribeless.received, 'GET', '/api/account/status'),
    ofCustomer: true,
  },
  {
    at: 'Kelviq: open',
    vendors: ['kelviq'],
    // 400 and 409 are looked up first, and nothing is there.
    answer: (status) =>
      kelviq.answerWith((response) =>
        (status === undefined
          ? openedOrganization
          : response.req.method === 'POST'
            ? refusal(status)
            : json({ detail: 'Not found.' }, 404))(response),
      ),
    asked: () => countOf(kelviq.received, 'POST', '/organizations/'),
    but: { 409: 'the e-mail is taken, and its question says so' },
  },
  {
    at: 'Kelviq: look',
    vendors: ['kelviq'],
    answer: (status) =>
      kelviq.answerWith((response) =>
        (status === undefined ? openedOrganization : response.req.method === 'POST' ? json({ detail: 'busy' }, 503) : refusal(status))(
          response,
        ),
      ),
    asked: () => countOf(kelviq.received, 'GET', '/by-external-id/'),
    but: { 404: 'nothing is there: it is asked for again' },
  },
  atLoyva('POST '),
  atLoyva('GET ', {
    at: 'Loyva: the list, where the answer to a new envelope was lost',
    answer: (status) => {
      scribeless.answerWith(openedTeam);
      loyva.at('GET ', status === undefined ? undefined : refusal(status));
      loyva.at('POST ', (response) => {
        loyva.make(loyva.received.at(-1)?.body ?? '');
        response.destroy();
      });
    },
  }),
  atLoyva('GET /:id/status', { said: { 404: 'The vendor has no such envelope for the stored key.' } }),
  atLoyva('POST /:id/vault-in-signed', {
    reach: async (visitor) => {
      await opened(visitor);
      move('completed');
    },
    on: ({ sign }) => sign?.vaulted_at,
  }),
  // The details are sent anew with another signer, whose envelope takes the place of one that nobody has signed.
  atLoyva('POST /:id/void', {
    answer: (status) => {
      scribeless.answerWith(json({ message: 'No more teams.' }, 402));
      loyva.at('POST /:id/void', status === undefined ? undefined : refusal(status));
    },
    reach: async (visitor, key) => {
      const run = await until(visitor, ({ sign, accounts }) => sign?.state === 'open' && accounts[0]?.state === 'refused');
      scribeless.answerWith(openedTeam);
      await answered(decide(key, run, 'reset', { step: 'details' }));
      await visitor.run();
      await answered(visitor.submit({ ...ada, email: `other${partners}@x.example` }));
    },
    on: ({ sign, accounts }) =>
      sign?.state === 'open' &&
      sign.envelope_id === loyva.envelopes[0]?.envelope_id &&
      loyva.envelopes[1]?.status === 'voided' &&
      accounts[0]?.state === 'ready',
  }),
];

for (const call of calls)
  for (const status of statuses)
    test(`${call.at}, ${status}: ${call.but?.[status] ?? 'refused, asked once, and on once the cause is gone'}`, async () => {
      const { partner, visitor } = await begun(...call.vendors);
      if (call.reach) call.answer();
      call.answer(status);
      const before = call.asked();
      const run = await visitor.run();
      await answered(visitor.submit({ ...ada, email: `ada${partners}@x.example` }));
      await call.reach?.(visitor, partner.key);
      if (call.but?.[status]) {
        await eventually(async () => call.asked() > before);
        call.answer();
        const back = await visitor.run();
        if (status === 409) {
          await until(visitor, ({ details }) => details.faults.some(({ code }) => code === 'email-taken'));
          await answered(visitor.submit({ ...ada, email: `other${partners}@x.example` }));
        } else assert.notEqual(back.status, 'refused');
        await until(visitor, ({ accounts }) => accounts.every(({ state }) => state === 'ready'));
        return;
      }
      const held = await eventually(async () => {
        gateway.clock.advance(1_000);
        const seen = await runOf(partner.key, run);
        return seen.status === 'refused' && seen;
      });
      const reason = held.sign?.refusal ?? held.accounts.find(({ refusal }) => refusal)?.refusal;
      assert.deepEqual(reason, { reason: reasonOf(status), said: call.said?.[status] ?? 'No, not so.' });
      const asked = call.asked();
      await minutesPass(call.vendors.includes('kelviq') ? 'scribeless' : 'kelviq');
      assert.equal(call.asked(), asked);
      assert.equal(asked - before, 1);
      // Neither looks nor time ask again; whoever replaces the key, or says so, does.
      call.answer();
      const isKey = reasonOf(status) === 'key';
      assert.equal((await audit(partner.id)).includes('credential.rejected'), isKey);
      if (isKey) {
        const [vendor = 'loyva'] = call.vendors.slice(-1);
        await putKey(partner.id, vendor, call.ofCustomer ? `c-${partners}` : undefined);
      } else await answered(decide(partner.key, run, 'retry'));
      const isOn = ({ sign, accounts }: OnboardingView) =>
        sign ? sign.state === 'open' : accounts.every(({ state }) => state === 'ready');
      const on = await until(visitor, call.on ?? isOn);
      assert.notEqual((await runOf(partner.key, on)).status, 'refused');
      for (const door of ['POST ', 'GET '] as const) loyva.at(door);
    });
