import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { pdfWith, putDocument } from '../../gateway/world/agreement.ts';
import { answered } from '../../gateway/world/answers.ts';
import { startStubLoyva } from '../../gateway/world/stub-loyva.ts';
import { json, startStubVendor, team } from '../../gateway/world/stub-vendor.ts';
import { fillDetails } from '../../journey/stage.ts';
import { ada } from '../../visitor.ts';
import { look } from '../world/look.ts';
import { heading, isFocused, WidgetStage } from '../world/stage.ts';

let loyva!: Awaited<ReturnType<typeof startStubLoyva>>;
let scribeless!: Awaited<ReturnType<typeof startStubVendor>>;
const widget = new WidgetStage(async () => {
  [loyva, scribeless] = [await startStubLoyva(), await startStubVendor()];
  return { vendors: { loyva: loyva.origin, scribeless: scribeless.origin }, vendorUrl: scribeless.origin };
});
const scene = widget.scene.bind(widget);
const go = (page: Page) => page.getByRole('button', { name: /^Continue to/ }).click();
const change = (page: Page) => page.getByRole('button', { name: 'Change your details' });

let partners = 0;
/** A partner whose customers sign, and one whose customers have an account opened. */
async function partnerWith(...vendors: ('loyva' | 'scribeless')[]) {
  partners += 1;
  const partner = await widget.gateway.partner({
    origins: [widget.host.origin],
    vendorKeys: Object.fromEntries(vendors.map((vendor) => [vendor, `${vendor}_refused_${partners}`])),
  });
  if (vendors.includes('loyva')) await answered(putDocument(widget.gateway, partner.id, await pdfWith('An agreement')));
  return partner;
}
const decide = async (key: string, page: Page, verb: string, body: object) => {
  const { items } = await answered<{ items: { run_id: string }[] }>(
    fetch(`${widget.gateway.url}/partner/runs`, { headers: { 'x-api-key': key } }),
  );
  await answered(
    fetch(`${widget.gateway.url}/partner/runs/${items[0]?.run_id}/${verb}`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
};
/** Other details go on: the vendor answers no sooner than the page has said so, which a busy machine would miss. */
async function goesOn(page: Page): Promise<void> {
  let seen = () => {};
  const held = new Promise<void>((resolve) => {
    seen = resolve;
  });
  loyva.at('POST ', (response) => {
    const { body = '' } = loyva.received.at(-1) ?? {};
    void held.then(() => json({ data: loyva.make(body) }, 201)(response));
  });
  await go(page);
  await heading(page, /^Preparing|^Opening/)
    .waitFor()
    .finally(seen);
  loyva.at('POST ');
}
const closing = () => {
  loyva.close();
  scribeless.close();
};

test('refused-answer: the vendor’s own words stand at the answer that it names, and another one goes on', async () => {
  const partner = await partnerWith('loyva');
  const details = [{ pointer: '/signers/0/name', code: 'not-allowed', message: 'A title is not part of a name.' }];
  loyva.at('POST ', json({ error: 'The envelope has faults.', details }, 422));
  await scene(
    {},
    async ({ page }) => {
      await fillDetails(page, 'title@nordin.example');
      await page.getByLabel('Last name').fill('Nordin, Dr');
      await go(page);
      await page.getByText('Loyva did not accept this: “A title is not part of a name.”').first().waitFor();
      assert.ok(await isFocused(page.getByRole('alert')));
      assert.equal(await page.getByLabel('Last name').getAttribute('aria-invalid'), 'true');
      await look(page, 'refused-answer');
      await page.getByLabel('Last name').fill('Nordin');
      await goesOn(page);
    },
    partner,
  );
});

test('refused-account: the partner is asked, and the customer may change the details as long as nothing was opened with them', async () => {
  const partner = await partnerWith('scribeless');
  scribeless.answerWith(json({ message: 'This account may open no more teams.' }, 402));
  await scene(
    {},
    async ({ page }) => {
      await fillDetails(page, 'full@nordin.example');
      await go(page);
      await heading(page, 'Harbor Leasing has to look at this').waitFor();
      await look(page, 'refused-account');
      await change(page).click();
      await heading(page, 'About your company').waitFor();
      assert.equal(await page.getByLabel('City').inputValue(), ada.city);
      scribeless.answerWith((response) =>
        json(response.req.method === 'POST' ? team('slt_refused_1') : { teamId: 'team_1', templatesReady: true })(response),
      );
      await go(page);
      await heading(page, /^You’re set up|^Your account is open/).waitFor();
    },
    partner,
  );
});

test('refused-untold: an account that is open and not told of is said to be so', async () => {
  const partner = await partnerWith('scribeless');
  scribeless.answerWith((response) =>
    (response.req.method === 'POST' ? json(team('slt_refused_2')) : json({ message: 'Invalid authentication token.' }, 401))(response),
  );
  await scene(
    {},
    async ({ page }) => {
      await fillDetails(page, 'untold@nordin.example');
      await go(page);
      await heading(page, 'We cannot see how far this account is').waitFor();
      assert.equal(await change(page).count(), 0);
      await look(page, 'refused-untold');
    },
    partner,
  );
});

for (const [dir, lang] of [
  ['ltr', 'en'],
  ['rtl', 'ar'],
] as const)
  test(`refused-sign, ${dir}: a document that cannot be prepared waits for the partner, who has it made anew`, async () => {
    const partner = await partnerWith('loyva');
    loyva.at('POST ', json({ error: 'The key lacks a scope.' }, 403));
    await scene(
      { dir, lang },
      async ({ page }) => {
        await fillDetails(page, `scope-${dir}@nordin.example`);
        await go(page);
        await heading(page, /could not be prepared$/).waitFor();
        await look(page, `refused-sign-${dir}`);
        await page.getByRole('button', { name: /^Details/ }).click();
        await page.getByText('Nothing was opened with them yet').waitFor();
        await look(page, `sent-open-${dir}`);
        await decide(partner.key, page, 'reset', { step: 'details' });
        await heading(page, 'Harbor Leasing asks you to look at your details again').waitFor();
        await look(page, `reopened-${dir}`);
        await goesOn(page);
      },
      partner,
    );
  });

test('nothing is left open', closing);
