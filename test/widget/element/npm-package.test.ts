import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { assetsFolder } from '../../../server/parts.ts';
import { openBrowser } from '../../browser.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { noon, type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { mintedToken } from '../../visitor.ts';
import { ada, agree, agreement } from '../signing/signing-stage.ts';

let platform: StartedPlatform;
let gateway: StartedGateway;
let partner: { id: string; key: string };
let browser: Browser;
let origin: string;
let token: string;

/** A partner's page whose own server sends the package's scripts, as a bundler's output would lie there. */
const host = createServer(async (asked, answer) => {
  const { pathname } = new URL(asked.url ?? '/', 'http://host');
  const policy = `default-src 'none'; script-src ${gateway.url} 'self'; connect-src ${gateway.url} 'self'; worker-src blob:; require-trusted-types-for 'script'`;
  if (pathname.startsWith('/npm/'))
    return answer.setHeader('content-type', 'text/javascript').end(await readFile(join(assetsFolder, pathname)));
  if (pathname === '/token') return answer.end(token);
  if (pathname === '/page.js') return answer.setHeader('content-type', 'text/javascript').end(script);
  answer.setHeader('content-security-policy', policy).setHeader('content-type', 'text/html; charset=utf-8');
  return answer.end(
    "<!doctype html><html lang=en><meta charset=utf-8><title>A partner's page</title><script type=module src=/page.js></script><body></body></html>",
  );
});
const script = `
import '/npm/index.js';
const widget = document.createElement('inlay-widget');
widget.server = new URLSearchParams(location.search).get('server');
widget.fetchToken = async () => (await fetch('/token')).text();
if (new URLSearchParams(location.search).has('none')) widget.worker = 'none';
document.body.append(widget);
`;

before(async () => {
  platform = await startPlatform({ now: noon() });
  gateway = await startGateway({ vendorUrl: platform.url });
  // Makes the package, where it is not there.
  const { version } = JSON.parse(await readFile(join(assetsFolder, '../package.json'), 'utf8')) as { version: string };
  assert.equal((await fetch(`${gateway.url}/inlay/${version}/inlay-${version}.tgz`)).status, 200);
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const { scribeless, kelviq, loyva } = platform.keys;
  partner = await gateway.partner({ origins: [origin], vendorKeys: { scribeless, kelviq, loyva } });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  host.closeAllConnections();
  host.close();
  await gateway.close();
  await platform.close();
});

/** A page of the partner's that says what its policy or a script of it fails at. */
async function open(query = ''): Promise<{ page: Awaited<ReturnType<Browser['newPage']>>; faults: string[] }> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  await page.goto(`${origin}/?server=${encodeURIComponent(gateway.url)}${query}`);
  return { page, faults };
}

test('packed into a partner’s own scripts, the tag shows the form of the gateway that it is told', async () => {
  token = await mintedToken(gateway.url, partner.key, { customer: { external_id: 'packed', company_name: 'Nordin AB' } });
  const { page, faults } = await open();
  assert.equal(await page.getByLabel('Registered name').inputValue(), 'Nordin AB');
  assert.deepEqual(faults, []);
  await page.close();
});

for (const query of ['', '&none'])
  test(`packed so, it draws a document with the gateway’s pdf.js, ${query ? 'on the page’s own thread' : 'in a worker'}`, async () => {
    const document = { filename: 'lease.pdf', content_base64: agreement.toString('base64') };
    const made = await fetch(`${gateway.url}/api/v2/partner/envelopes`, {
      method: 'POST',
      headers: { 'x-api-key': partner.key, 'content-type': 'application/json' },
      body: JSON.stringify({
        customer_email: ada.email,
        customer_name: ada.name,
        envelope_name: 'Lease',
        document,
        signers: [ada],
        fields: [{ type: 'signature', signer: ada.email, page: 3, x: 0.11, y: 0.7, width: 0.36, height: 0.06 }],
      }),
    });
    const { data } = (await made.json()) as { data: { envelope_id: string } };
    const sign = { widget_type: 'sign', envelope_id: data.envelope_id, user_email: ada.email, customer: undefined };
    token = await mintedToken(gateway.url, partner.key, sign);
    const { page, faults } = await open(query);
    await agree(page);
    assert.deepEqual(faults, []);
    await page.close();
  });
