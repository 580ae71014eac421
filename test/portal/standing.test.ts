import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Listening, listen } from '../../server/http/listen.ts';
import { demoCustomers } from '../../server/portal/customers.ts';
import { portal } from '../../server/portal/portal.ts';
import { GatewayError, listRuns, resetRun, retryRun } from '../../shared/partner.ts';
import { ceremony, onceKey, pdfWith, putDocument, signState } from '../gateway/world/agreement.ts';
import { answered, entered } from '../gateway/world/answers.ts';
import { fillDetails, type Stage, setStage, watchedPage } from '../journey/stage.ts';
import { eventually, freePort } from '../start-gateway.ts';
import { ada } from '../visitor.ts';
import { look } from '../widget/world/look.ts';

let stage: Stage;
let signing: { id: string; key: string };
let site: Listening;
let signingUrl: string;
before(async () => {
  stage = await setStage();
  // A partner whose customers only sign, and its portal.
  const port = await freePort();
  signingUrl = `http://127.0.0.1:${port}`;
  signing = await stage.gateway.partner({ origins: [signingUrl], vendorKeys: { loyva: stage.platform.keys.loyva } });
  await answered(putDocument(stage.gateway, signing.id, await pdfWith('An agreement')));
  site = await listen(portal({ gatewayUrl: stage.gateway.url, partnerKey: signing.key }), port, '127.0.0.1');
});
after(async () => {
  await site?.close(0);
  await stage?.close();
});

const call = (key: string) => ({ gateway: stage.gateway.url, key, fetch });
const runOf = async (key: string, external_id: string) => {
  const [run] = (await listRuns({ ...call(key), external_id })).items;
  assert.ok(run);
  return run;
};
/** A customer of the demo's partner whose details were sent, and whose account a vendor refused. */
async function refusedCustomer(external_id: string, email: string) {
  const { gateway, partner, portalUrl } = stage;
  const visitor = await entered(gateway, partner.key, portalUrl, external_id);
  await visitor.run();
  await answered(visitor.submit({ ...ada, email }));
  await eventually(async () => (await runOf(partner.key, external_id)).status === 'refused');
  return visitor;
}
const open = async (url: string, id: string) => {
  const watched = await watchedPage(await stage.browser.newContext({ viewport: { width: 1280, height: 900 } }));
  await watched.page.goto(`${url}/customers/${id}`);
  return watched;
};
const button = (page: Page, name: string) => page.locator('.still').getByRole('button', { name }).first();

test('what a vendor refused is told with its sentence and who can help, and is asked again at a press; 409 is said', async () => {
  const { portalUrl, partner } = stage;
  const id = 'hl-00000400';
  await refusedCustomer(id, 'ada+401@nordin.example');
  const { page, complaints } = await open(portalUrl, id);
  const { page: stale } = await open(portalUrl, id);
  await page.locator('.still blockquote', { hasText: 'Invalid partner key.' }).first().waitFor();
  await page.getByText('Whoever keeps our keys').first().waitFor();
  await page.getByRole('heading', { name: /look at this/ }).waitFor();
  await look(page, 'portal-refused');
  await button(page, 'Ask again').click();
  await page.getByRole('status').filter({ hasText: 'Asked again.' }).waitFor();
  await look(page, 'portal-asked');
  await eventually(async () => (await runOf(partner.key, id)).status === 'refused');

  // What stands against a press is said.
  await resetRun({ ...call(partner.key), run_id: (await runOf(partner.key, id)).run_id, step: 'details' });
  await button(stale, 'Ask again').click();
  await stale.getByRole('alert').filter({ hasText: 'The details are open: it is asked again once they are sent.' }).waitFor();
  assert.equal(await stale.locator('.still').count(), 0);
  await look(stale, 'portal-against');

  await page.reload();
  await fillDetails(page, 'ada@nordin.example');
  await page.getByRole('button', { name: 'Continue to accounts' }).click();
  await eventually(async () => {
    stage.pass(1_000);
    return (await runOf(partner.key, id)).accounts.every(({ state }) => state === 'ready');
  });
  assert.deepEqual(complaints, []);
  for (const each of [page, stale]) await each.context().close();
});

test('the list says what was refused; asking again asks once for each form, however often that is pressed', async () => {
  const { portalUrl, partner } = stage;
  await refusedCustomer('hl-00000401', 'ada+401@nordin.example');
  const list = await watchedPage(await stage.browser.newContext());
  await list.page.goto(portalUrl);
  await list.page.locator('tr', { hasText: 'hl-00000401' }).locator('q').waitFor();
  await look(list.page, 'portal-list');

  const html = await (await fetch(`${portalUrl}/customers/hl-00000401`)).text();
  const form = /<form method="post" action="([^"]*retry)">(.*?)<\/form>/.exec(html);
  assert.ok(form?.[1] && form[2]);
  const fields = new URLSearchParams(
    [...form[2].matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [String(name), String(value)]),
  );
  assert.match(fields.get('key') ?? '', /^[0-9a-f-]{36}$/);
  const press = (headers: object = { 'sec-fetch-site': 'same-origin' }) =>
    fetch(portalUrl + form[1], { method: 'POST', headers: { ...headers }, body: fields, redirect: 'manual' });
  const asks = () =>
    stage.gateway.admin('GET', `/api/v1/admin/partners/${partner.id}/audit?limit=100`).then(async (answer) => {
      const { items } = (await answer.json()) as { items: { kind: string }[] };
      return items.filter(({ kind }) => kind === 'run.retried').length;
    });
  const before = await asks();
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.equal((await press({ 'sec-fetch-site': site, origin: portalUrl })).status, 403);
  assert.equal((await press({})).status, 403);
  assert.equal(await asks(), before);
  for (let times = 0; times < 3; times++) {
    const answer = await press();
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/customers/hl-00000401?done=retry']);
    await eventually(async () => (await runOf(partner.key, 'hl-00000401')).status === 'refused');
  }
  assert.equal((await asks()) - before, 1);
  await list.page.context().close();
});

test('a declined agreement is told with the customer’s reason, and another one is sent', async () => {
  const visitor = await entered(stage.gateway, signing.key, signingUrl, 'hl-0000dec1');
  await visitor.run();
  await answered(visitor.submit(ada));
  const first = await signState(visitor, 'open');
  await ceremony(visitor, 'POST', '/decline', { reason: 'The <b>price</b> is wrong.' }, onceKey());
  await signState(visitor, 'declined');
  const { page } = await open(signingUrl, 'hl-0000dec1');
  await page.getByRole('heading', { name: 'The customer declined the agreement' }).waitFor();
  await page.locator('.still blockquote', { hasText: 'The <b>price</b> is wrong.' }).waitFor();
  await page
    .getByRole('heading', { name: /declined/ })
    .nth(1)
    .waitFor();
  await look(page, 'portal-declined');
  await button(page, 'Send it again').click();
  await page.getByText('A new agreement is on its way to the customer.').waitFor();
  const second = await signState(visitor, 'open');
  assert.notEqual(second.sign?.envelope_id, first.sign?.envelope_id);
  // Declined once more, the customer is let to the details first.
  await ceremony(visitor, 'POST', '/decline', { reason: 'My name is wrong.' }, onceKey());
  await signState(visitor, 'declined');
  await page.reload();
  await button(page, 'Open the details again').click();
  await page.getByText('The details are open again, and the customer is told so.').waitFor();
  await page.getByRole('heading', { name: 'asks you to look at your details again' }).waitFor();
  await look(page, 'portal-reopened');
  await page.context().close();
});

test('`retryRun` and `resetRun` give the run as it is then, and throw what stands against it', async () => {
  const { partner } = stage;
  const visitor = await refusedCustomer('hl-00004010', 'ada+401@other.example');
  const { run_id, accounts } = await runOf(partner.key, 'hl-00004010');
  const vendors = accounts.filter(({ refusal }) => refusal).map(({ vendor }) => vendor);
  assert.ok(vendors[0]);
  const own = { ...call(partner.key), run_id };
  const again = await retryRun({ ...own, vendor: vendors[0], idempotency_key: 'a-press' });
  assert.deepEqual([again.run_id, again.external_id], [run_id, 'hl-00004010']);
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: GatewayError) => error instanceof GatewayError && [error.status, error.code, error.message],
    );
  assert.equal(((await refusal(retryRun({ ...own, vendor: 'loyva', idempotency_key: 'a-press' }))) || [])[1], 'idempotency-key-reused');
  assert.deepEqual(await refusal(resetRun({ ...own, step: 'sign' })), [409, 'run-wrong-state', 'This run has nothing to sign yet.']);
  assert.deepEqual((await refusal(retryRun({ ...own, run_id: 'run_x/../y' }))) || [], [404, 'not-found', 'There is no such run.']);
  await eventually(async () => (await runOf(partner.key, 'hl-00004010')).status === 'refused');
  assert.equal((await resetRun({ ...own, step: 'details' })).status, 'in_progress');
  assert.equal((await visitor.run()).details.editable, true);
});

test('a page of a customer without a run has no buttons, and a press for nobody is nothing', async () => {
  const id = demoCustomers[0]?.external_id;
  assert.doesNotMatch(await (await fetch(`${signingUrl}/customers/${id}`)).text(), /class="still"/);
  const body = new URLSearchParams({ key: 'k', step: 'sign' });
  const post = (path: string, more: object = {}) =>
    fetch(signingUrl + path, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' }, body, redirect: 'manual', ...more });
  assert.equal((await post(`/customers/${id}/reset`)).status, 404);
  assert.equal((await post('/customers/somebody/retry')).status, 404);
  assert.equal((await post('/customers/hl-0000dec1/reset', { body: new URLSearchParams({ key: 'x'.repeat(5_000) }) })).status, 413);
});
