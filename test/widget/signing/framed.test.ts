import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDetails } from '../../journey/stage.ts';
import { eventually } from '../../start-gateway.ts';
import { look } from '../world/look.ts';
import { heading, isFocused } from '../world/stage.ts';
import { act, addressOf, assertNowhere, FramedStage, told, vendorPage } from './framed-stage.ts';

/** A vendor that has no ceremony: its own signing page, in a frame inside the tag. */
const stage = new FramedStage();

test('a document is signed on the vendor’s page inside the tag, and what came of it is asked of the server', async () => {
  const envelope = await stage.send();
  await stage.page(
    () => stage.mintSign(envelope),
    async (page) => {
      await heading(page, 'Sign the document').waitFor();
      await vendorPage(page).getByText('Please read and sign.').waitFor();
      await page.getByText('Opening the signing page…').waitFor({ state: 'detached' });
      await assertNowhere(page, addressOf(page, stage.loyva.url));
      await look(page, 'framed-open');
      // Moved in the page, a frame begins anew.
      await page.evaluate(() => document.querySelector('main')?.prepend(document.querySelector('inlay-widget') ?? ''));
      await vendorPage(page).getByText('Please read and sign.').waitFor();
      await act(page, 'Sign');
      await heading(page, 'Signed').waitFor();
      assert.ok(await isFocused(heading(page, 'Signed')));
      assert.equal(await page.locator('iframe').count(), 0);
      assert.deepEqual(
        (await told(page)).filter((line) => line !== 'inlay-ready'),
        [`inlay-complete ${envelope}`],
      );
      await look(page, 'framed-completed');
      const strangers = await page.evaluate(() =>
        [...document.body.querySelectorAll(':not(main, h1, inlay-widget)')].map((node) => node.tagName),
      );
      assert.deepEqual(strangers, []);
    },
  );
});

test('a signer declines there, and the page is told', async () => {
  const envelope = await stage.send();
  await stage.page(
    () => stage.mintSign(envelope),
    async (page) => {
      await act(page, 'Decline');
      await heading(page, 'The document was declined').waitFor();
      assert.deepEqual(await told(page), ['inlay-ready', `inlay-declined ${envelope}`]);
      await look(page, 'framed-declined');
    },
  );
});

test('a page whose policy lets nothing of the vendor in says so: to its customer in words, to its developer by the directive', async () => {
  const envelope = await stage.send();
  await stage.page(
    () => stage.mintSign(envelope),
    async (page) => {
      await heading(page, 'Your portal does not let this page show the document').waitFor();
      await page.getByText(`frame-src ${stage.loyva.url}`).waitFor();
      assert.equal(await page.locator('iframe').count(), 0);
      const detail = `The page's Content-Security-Policy needs: frame-src ${stage.loyva.url}`;
      assert.deepEqual((await told(page)).sort(), [`inlay-error frame-blocked ${detail}`, 'inlay-ready', 'policy frame-src'].sort());
      await look(page, 'framed-blocked');
    },
    {},
  );
});

test('until the vendor’s page is there something says that it comes', async () => {
  const envelope = await stage.send();
  let letIn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  await stage.page(
    () => stage.mintSign(envelope),
    async (page) => {
      await page.getByText('Opening the signing page…').waitFor();
      await look(page, 'framed-loading');
      letIn();
      await vendorPage(page).getByText('Please read and sign.').waitFor();
      await page.getByText('Opening the signing page…').waitFor({ state: 'detached' });
    },
    { frames: stage.loyva.url },
    (page) => page.route('**/sign/env_*', (route) => held.then(() => route.continue())),
  );
});

test('an onboarding goes on from the vendor’s page to its end', () =>
  stage.page(
    () => stage.mintCustomer(),
    async (page) => {
      await fillDetails(page, 'ada@nordin.example');
      await page.getByRole('button', { name: /^Continue/ }).click();
      await heading(page, 'Sign the document').waitFor();
      await vendorPage(page).getByText('Please read and sign.').waitFor();
      await look(page, 'framed-onboarding');
      await act(page, 'Sign');
      await heading(page, 'You’re set up').waitFor();
      const events = await told(page);
      assert.equal(events.filter((line) => line.startsWith('inlay-complete run_')).length, 1);
      assert.ok(!events.some((line) => /error|policy|env_/.test(line)), events.join(', '));
    },
  ));

test('an envelope of which nobody knows whether it was made is said to be that', () =>
  stage.page(
    () => stage.mintCustomer(),
    async (page) => {
      await fillDetails(page, 'lost@nordin.example');
      stage.loyva.lose('POST /partner/envelopes');
      await page.getByRole('button', { name: /^Continue/ }).click();
      await page.getByText('It takes longer than usual.').waitFor();
      stage.clock.advance(100_000);
      await heading(page, 'We don’t know yet whether Agreement was prepared').waitFor();
      await page.getByText('Harbor Leasing’s turn').waitFor();
      await look(page, 'agree-unknown');
    },
  ));

test('a page whose token has ended is replaced, and asked about where somebody is at work in it', async () => {
  const envelope = await stage.send();
  await stage.page(
    () => stage.mintSign(envelope),
    async (page) => {
      const address = () => addressOf(page, `${stage.loyva.url}/sign/`);
      await vendorPage(page).getByText('Please read and sign.').waitFor();
      const first = address();
      const pass = async (ms: number) => {
        stage.clock.advance(ms);
        await page.clock.fastForward(ms);
      };
      await pass(901_000);
      await eventually(async () => address() !== undefined && address() !== first);
      await vendorPage(page).getByText('Please read and sign.').waitFor();
      await vendorPage(page).getByRole('checkbox').check();
      const second = address();
      await pass(901_000);
      await heading(page, 'The page below may have closed by itself').waitFor();
      assert.equal(address(), second);
      await look(page, 'framed-stale');
      await page.getByRole('button', { name: 'Open it again' }).click();
      await heading(page, 'The page below may have closed by itself').waitFor({ state: 'detached' });
      await act(page, 'Sign');
      await heading(page, 'Signed').waitFor();
    },
    { frames: stage.loyva.url },
    (page) => page.clock.install({ time: stage.clock.now() }),
  );
});
