import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { fillDetails, keepsCity, type Stage, saved, setStage, watchedPage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.close());

async function openCustomer(prepare: (page: Page) => Promise<unknown>): Promise<Page> {
  const { page } = await watchedPage(await stage.browser.newContext());
  await prepare(page);
  await page.goto(`${stage.portalUrl}/customers/hl-10241`);
  return page;
}

/** The customer types, and it is kept: all that a customer would notice. */
async function types(page: Page, city: string): Promise<void> {
  await keepsCity(page, city);
  await saved(page).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
}

test('the answer that opens the session is lost on its way: nobody notices', async () => {
  const sessions: string[] = [];
  const page = await openCustomer((p) =>
    p.route(`${stage.gateway.url}/embed/session`, async (route) => {
      const answer = await route.fetch();
      if (route.request().method() !== 'POST') return route.fulfill({ response: answer });
      sessions.push(((await answer.json()) as { session_id: string }).session_id);
      return sessions.length === 1 ? route.abort('connectionreset') : route.fulfill({ response: answer });
    }),
  );
  await types(page, 'Umeå');
  assert.equal(sessions.length, 2);
  assert.equal(sessions[0], sessions[1], 'it is the same session');
  await page.context().close();
});

for (const [words, ms] of [
  ['an hour ahead', 3_600_000],
  ['an hour behind', -3_600_000],
] as const)
  test(`a browser whose clock is ${words}: nobody notices`, async () => {
    const page = await openCustomer((p) => p.clock.install({ time: Date.now() + ms }));
    await types(page, `Kiruna ${words}`);
    await page.context().close();
  });

test('eleven minutes in the background, and the same again: nobody notices', async () => {
  const page = await openCustomer((p) => p.clock.install({ time: Date.now() }));
  await types(page, 'Visby');
  for (const city of ['Växjö', 'Ystad', 'Åmål']) {
    stage.pass(11 * 60_000);
    await page.clock.fastForward(11 * 60_000);
    await types(page, city);
  }
  await page.context().close();
});

test('what another tab wrote meanwhile is shown before it is handed in: the older answer never wins unseen', async () => {
  const first = await openCustomer(async () => {});
  await types(first, 'Falun');
  const second = await openCustomer(async () => {});
  await types(second, 'Borås');
  await first.getByRole('button', { name: 'Continue to accounts' }).click();
  await fillDetails(first, 'sigrid@fjordlys.example');
  await keepsCity(first, 'Kalmar');
  await types(second, 'Luleå');
  await first.getByRole('button', { name: 'Continue to accounts' }).click();
  await first.getByRole('alert').getByText('Your answers were not sent').waitFor();
  await stage.hold(async () => {
    await first.getByRole('button', { name: 'Continue to accounts' }).click();
    await first.getByRole('heading', { name: 'Opening your accounts' }).waitFor();
  });
  await first.context().close();
  await second.context().close();
});
