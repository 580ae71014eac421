import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { json, type Reply, startStubVendor, team } from '../../gateway/world/stub-vendor.ts';
import { look } from '../world/look.ts';
import { go, heading, toAccounts, WidgetStage } from '../world/stage.ts';

/** What the platform, being well-behaved, cannot play: a vendor that refuses without a reason, or is away. */
const stub = await startStubVendor();
after(() => stub.close());
const widget = new WidgetStage(async () => ({ vendors: { scribeless: stub.origin } }));
const scene: WidgetStage['scene'] = (setting, play) => widget.scene(setting, play, widget.lone);

const overQuota = json({ error: true, message: 'Partner is over its quota.' }, 400);
/** One answer for opening a team, and one for asking how it is. */
const answer = (opening: Reply, asking: Reply = json({}, 503)) =>
  stub.answerWith((response) => (response.req.url === '/api/partner/teams' ? opening : asking)(response));
let keys = 0;
const opened: Reply = (response) => {
  keys += 1;
  return json(team(`slt_widget${keys}`), 201)(response);
};

test('a vendor’s refusal that names no answer is the partner’s to look at, is there after a reload, and other details go on', () =>
  scene({}, async ({ page }) => {
    answer(overQuota);
    await toAccounts(page, 'ada@nordin.example');
    const refused = heading(page, 'Harbor Leasing has to look at this');
    await refused.waitFor();
    assert.equal(await page.getByText('over its quota').count(), 0, 'the vendor’s own words stay with the servers');
    await look(page, 'refused-unnamed');

    await page.reload();
    await refused.waitFor();
    answer(opened);
    await page.getByRole('button', { name: 'Change your details' }).click();
    await page.getByLabel('Work e-mail').fill('ada.nordin@nordin.example');
    await go(page);
    await heading(page, /^Opening your account/).waitFor();
    assert.equal(await refused.count(), 0);
  }));

test('account-unreachable: a vendor that is away is said so, and asked again', () =>
  scene({}, async ({ page }) => {
    answer(opened);
    await toAccounts(page, 'ada@nordin.example');
    await page.getByText('Scribeless could not do it just now. We keep asking by ourselves.').waitFor();
    await look(page, 'account-unreachable');
  }));

test('billing-failed: the payment page cannot be had, and then it can', () =>
  scene({}, async ({ page, context }) => {
    const ready = { teamId: 'team_1', templatesReady: true, billingSetupUrl: `${stub.origin}/pay?secret=s` };
    answer(opened, json(ready));
    await page.route('**/steps/billing', async (route) => {
      answer(opened, json({}, 503));
      await route.continue();
    });
    await toAccounts(page, 'ada@nordin.example');
    await page.getByRole('button', { name: 'Continue to billing' }).click();
    await heading(page, 'The payment page could not be prepared').waitFor();
    await look(page, 'billing-failed');
    await page.unroute('**/steps/billing');
    answer(opened, json(ready));
    const opening = context.waitForEvent('page');
    await page.getByRole('button', { name: /Open the payment page/ }).click();
    assert.equal(new URL((await opening).url()).origin, stub.origin);
  }));
