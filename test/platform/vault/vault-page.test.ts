import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../browser.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { look } from '../../widget/world/look.ts';
import { complete, create, dataOf, eventsOf, partner } from '../world/envelopes.ts';

let platform: StartedPlatform;
let browser: Browser;
before(async () => {
  platform = await startPlatform({ now: Date.now() });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

async function vaulted(): Promise<string> {
  const signers = [
    { email: 'ada@shop.example', name: 'Ada Nordin', role: 'Lessee' },
    { email: 'jonas@harbor.example', name: 'Jonas Ek', role: 'Lessor' },
  ];
  const id = await create(platform, { envelope_name: 'Equipment lease agreement HL-2026-0417', signers });
  await complete(platform, id);
  assert.equal((await partner(platform, 'POST', `${id}/vault-in-signed`)).status, 200);
  return id;
}

async function addressFor(id: string): Promise<string> {
  const body = { envelope_id: id, user_email: 'maria@harbor.example', widget_type: 'vault' };
  const minted = await partner(platform, 'POST', '/api/v2/embed/token', body);
  assert.equal(minted.status, 200, minted.text);
  return dataOf<{ embed_url: string }>(minted).embed_url;
}

/** Opens the address; the page, and everything that any request of it carried in its address. */
async function open(url: string): Promise<{ page: Page; asked: string[] }> {
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  await page.locator('#title').waitFor();
  return { page, asked };
}

test('the page shows the record, gives out the copy, and leaves the token nowhere', async () => {
  const id = await vaulted();
  const url = await addressFor(id);
  const token = new URL(url).hash.slice(1);
  const { page, asked } = await open(url);
  assert.equal(await page.locator('#title').innerText(), 'Equipment lease agreement HL-2026-0417');
  assert.equal(await page.locator('.checkline').count(), 8);
  assert.match(await page.locator('.score').innerText(), /All 8 checks passed/);
  const { document_hash } = dataOf<{ vault: { document_hash: string } }>(await partner(platform, 'GET', id)).vault;
  assert.equal(await page.locator('.print code').textContent(), document_hash);
  await look(page, 'vault-record');

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download a copy' }).click()]);
  assert.equal(download.suggestedFilename(), `${id}_copy.pdf`);
  await page.locator('.table tbody tr').first().filter({ hasText: 'Opened the copy' }).waitFor();
  assert.match(await page.locator('.table tbody tr').first().innerText(), /^maria@harbor\.example/);
  assert.equal(eventsOf(platform, id).at(-1)?.kind, 'vault.read');

  assert.equal(page.url(), `${platform.url}/vault`);
  assert.ok(asked.length > 3);
  assert.deepEqual(
    asked.filter((address) => address.includes(token)),
    [],
  );
  assert.ok(!(await page.content()).includes(token));
  assert.ok(!(await page.evaluate(() => JSON.stringify([history.state, localStorage, sessionStorage]))).includes(token));
  await page.close();
});

test('a token that is over, and one that is none, end in a page that says so', async () => {
  const id = await vaulted();
  const url = await addressFor(id);
  platform.clock.now += 15 * 60_000;
  const { page } = await open(url);
  assert.equal(await page.locator('#title').innerText(), 'This link is over');
  await look(page, 'vault-expired');
  await page.close();
  const other = await open(`${platform.url}/vault#nothing`);
  assert.equal(await other.page.locator('#title').innerText(), 'This link opens nothing');
  await other.page.close();
});

test('while it is released the page says frozen, and once it has left, that and nothing to download', async () => {
  const id = await vaulted();
  const [first, second] = [await addressFor(id), await addressFor(id)];
  const { export_url } = dataOf<{ export_url: string }>(
    await partner(platform, 'POST', `${id}/vault-out`, { reason: 'Sold', recipient: 'Bank of Boats' }),
  );
  const frozen = await open(first);
  assert.match(await frozen.page.locator('.turn').innerText(), /frozen/);
  await look(frozen.page, 'vault-frozen');
  await frozen.page.close();
  const { document_hash } = dataOf<{ vault: { document_hash: string } }>(await partner(platform, 'GET', id)).vault;
  assert.equal((await fetch(export_url)).status, 200);
  const done = await partner(platform, 'POST', `${id}/vault-out/acknowledge`, { sha256: document_hash });
  assert.equal(done.status, 200, done.text);
  const left = await open(second);
  assert.match(await left.page.locator('.turn').innerText(), /has left this vault/);
  assert.equal(await left.page.getByRole('button').count(), 0);
  await look(left.page, 'vault-left');
  await left.page.close();
});
