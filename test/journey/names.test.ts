import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { judges, textsByPdfJs } from '../platform/world/judges.ts';
import { eventually } from '../start-gateway.ts';
import { call } from '../start-platform.ts';
import { agree, button, draw, shown } from './pen.ts';
import { fillDetails, type Stage, setStage, watchedPage } from './stage.ts';

// Each test has servers of its own: what it lets pass would carry their clock away from the browser's.
let stage: Stage;
beforeEach(async () => {
  stage = await setStage({ agreement: true });
});
afterEach(() => stage.close());

const people = [
  { first: '太郎', last: '山田', signs: '山田太郎' },
  { first: '민준', last: '김', signs: '김민준' },
  { first: 'გიორგი', last: 'ბერიძე', signs: 'გიორგი' },
  { first: 'অনিক', last: 'চক্রবর্তী', signs: 'অনিক' },
  { first: 'አበበ', last: 'በቀለ', signs: 'አበበ' },
] as const;
/** Two of them sign in `npm test`, one in each way; all in both ways where NAMES is `all`. */
const signing = { typed: people.slice(0, 1), drawn: people.slice(-1) };

/** The form of a new customer, filled in. */
async function begin(page: Page, { first, last }: { first: string; last: string }, email: string): Promise<void> {
  await page.goto(stage.portalUrl);
  await button(page, 'Onboard customer').click();
  await page.waitForURL(/\/customers\/hl-/);
  await fillDetails(page, email);
  await page.getByLabel('First name').fill(first);
  await page.getByLabel('Last name').fill(last);
}

/** Onboarded and signed; the sealed file. */
async function signed(page: Page, person: (typeof people)[number], how: 'typed' | 'drawn', email: string): Promise<Buffer> {
  await begin(page, person, email);
  // Open after three seconds: then the tag goes on to signing by itself.
  await stage.hold(async () => {
    await button(page, 'Continue to accounts').click();
    await shown(page, 'Opening your accounts');
  });
  stage.pass(5_000);
  await button(page, 'Continue to signing').click();
  await shown(page, 'Before you sign on screen');
  await agree(page);
  const sign = page.getByRole('button', { name: /^Sign here/ }).first();
  await sign.click();
  if (how === 'drawn') await draw(page);
  else {
    await page.getByRole('tab', { name: 'Type' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(person.signs);
    // As outlines from the server: none of these letters is in the script face.
    await page.locator('.typed .mark path').waitFor();
  }
  await button(page, 'Use this signature').click();
  await page.getByRole('button', { name: /^Title, / }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Director');
  await button(page, 'Use this').click();
  await page.getByText('Saved').first().waitFor();
  await button(page, 'Finish and sign').click();
  stage.pass(5_000);
  await shown(page, 'You’re set up');
  const headers = { 'x-api-key': stage.platform.keys.loyva };
  const id = await eventually(async () => {
    const { json } = await call(stage.platform, 'GET', '/api/v2/partner/envelopes?limit=100', headers);
    // The newest first: nobody else makes one.
    const [mine] = json.data as { envelope_id: string; status: string }[];
    return mine?.status === 'vaulted' && mine.envelope_id;
  });
  const { json } = await call(stage.platform, 'GET', `/api/v2/partner/envelopes/${id}/vault/signed-url`, headers);
  return Buffer.from(await (await fetch((json.data as { signed_url: string }).signed_url)).arrayBuffer());
}

for (const how of ['typed', 'drawn'] as const)
  test(`people sign under their own names, ${how}, and readers of the file give the names back`, async (t) => {
    const judge = judges(t);
    if (!judge) return;
    for (const [i, person] of (process.env.NAMES === 'all' ? people : signing[how]).entries()) {
      // Motion is drawn frame by frame, and the other journeys see it.
      const browser = await stage.browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
      const { page, complaints } = await watchedPage(browser);
      const file = await signed(page, person, how, `person${i}.${how}+invoice@names.example`);
      assert.deepEqual(complaints, []);
      await browser.close();
      const path = judge.keep('names.pdf', file);
      const bare = (text: string): string => text.normalize('NFKC').replace(/\s/g, '');
      const read = {
        pdftotext: judge.pdftotext(path, '-'),
        mutool: judge.mutool('draw', '-q', '-F', 'text', path),
        'pdf.js': (await textsByPdfJs(file)).join(' '),
      };
      for (const name of how === 'typed' ? [person.signs] : [`${person.first} ${person.last}`])
        for (const [reader, text] of Object.entries(read)) assert.ok(bare(text).includes(bare(name)), `${reader}: ${name}`);
    }
  });

test('what no typeface can print is named at the field, before anything is opened', async () => {
  const { page, complaints } = await watchedPage(await stage.browser.newContext());
  await begin(page, { first: 'Ada 😀', last: 'Nordin 𒀀' }, 'emoji+invoice@names.example');
  await page.getByLabel('City').focus();
  const said = (label: string) =>
    page.getByLabel(label).evaluate((input) => {
      const id = input
        .getAttribute('aria-describedby')
        ?.split(' ')
        .find((each) => each.startsWith('e-'));
      return (id && (input.getRootNode() as ShadowRoot).getElementById(id)?.textContent) || '';
    });
  await page.getByText('No typeface here can print 😀').waitFor();
  assert.match(await said('First name'), /No typeface here can print 😀\. Use other characters\./);
  await button(page, 'Continue to accounts').click();
  await page.getByText('No typeface here can print 𒀀').first().waitFor();
  assert.match(await said('Last name'), /𒀀/u);
  assert.equal(await page.getByRole('heading', { name: 'Opening your accounts' }).count(), 0);
  assert.deepEqual(complaints, []);
  await page.context().close();
});
