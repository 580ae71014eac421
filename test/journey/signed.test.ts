import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { assertSealed, judges } from '../platform/world/judges.ts';
import { eventually } from '../start-gateway.ts';
import { call } from '../start-platform.ts';
import { mintedToken } from '../visitor.ts';
import { agree, button, draw, shown } from './pen.ts';
import { fillDetails, type Stage, setStage, watchedPage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await setStage({ agreement: true });
});
after(() => stage.close());

test('a customer is onboarded, signs the agreement on the page, and the sealed file lies in the vault', async (context) => {
  const judge = judges(context);
  const browser = await stage.browser.newContext({ acceptDownloads: true, viewport: { width: 1280, height: 900 } });
  const { page, complaints } = await watchedPage(browser);
  await page.goto(stage.portalUrl);
  await button(page, 'Onboard customer').click();
  await page.waitForURL(/\/customers\/hl-/);
  const customer = page.url().split('/').at(-1);
  await fillDetails(page, 'ada+invoice@nordintryck.example');
  // No document holds such a name: it leads back to its question.
  await page.getByLabel('Registered name').fill('W'.repeat(200));
  // Open after three seconds: then the tag goes on to signing by itself.
  await stage.hold(async () => {
    await button(page, 'Continue to accounts').click();
    await page.getByRole('link', { name: 'Registered name: This is too long for its place in the document. Shorten it.' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Nordin Tryck & Papper AB');
    await button(page, 'Continue to accounts').click();
    await shown(page, 'Opening your accounts');
  });
  stage.pass(5_000);
  await button(page, 'Continue to signing').click();
  await shown(page, 'Before you sign on screen');
  await agree(page);
  // The document names the company from the answers.
  await page.getByText('Nordin Tryck & Papper AB').first().waitFor();

  await page
    .getByRole('button', { name: /^Sign here/ })
    .first()
    .click();
  await draw(page);
  await button(page, 'Use this signature').click();
  await page.getByRole('button', { name: /^Title, / }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Directrice générale');
  await button(page, 'Use this').click();
  await page.getByRole('button', { name: /^Delivery in two parts/ }).click();

  // What is kept is there again after a reload.
  await page.getByText('Saved').first().waitFor();
  await page.reload();
  await page.getByText('Directrice générale').first().waitFor();
  await button(page, 'Finish and sign').click();
  stage.pass(5_000);
  await shown(page, 'You’re set up');

  const envelope = await eventually(async () => {
    const { json } = await call(stage.platform, 'GET', '/api/v2/partner/envelopes', { 'x-api-key': stage.platform.keys.loyva });
    const [first] = json.data as { envelope_id: string; status: string }[];
    return first?.status === 'vaulted' && first;
  });
  await page.goto(stage.portalUrl);
  const row = page.locator('tr', { has: page.locator(`a[href="/customers/${customer}"]`) });
  const files: Buffer[] = [];
  for (const name of ['Sealed file', 'Copy']) {
    const [download] = await Promise.all([page.waitForEvent('download'), row.getByRole('link', { name }).click()]);
    assert.equal(download.suggestedFilename(), `${envelope.envelope_id}_${name === 'Copy' ? 'copy' : 'authoritative'}.pdf`);
    files.push(await readFile(await download.path()));
  }
  assert.deepEqual(complaints, []);
  await browser.close();
  assert.notDeepEqual(files[0], files[1]);
  if (!judge) return;
  const authority = new X509Certificate(await (await fetch(`${stage.platform.url}/authority.pem`)).text()).raw;
  for (const file of files) {
    assertSealed(judge, file, { certificates: [authority], privateKey: new Uint8Array() });
    const text = judge.pdftotext('-layout', judge.keep('read.pdf', file), '-').normalize('NFC');
    for (const typed of [
      'Nordin Tryck & Papper AB',
      '556912-4471',
      'Directrice générale',
      'Ada Nordin',
      new Date(stage.platform.clock.now).toISOString().slice(0, 10),
    ])
      assert.ok(text.includes(typed), typed);
  }
});

/** A page of another origin under exactly the policy that is promised, with nothing of its own on it. */
async function strictPage(gatewayUrl: string, token: () => string) {
  const policy = `default-src 'none'; script-src ${gatewayUrl}; connect-src ${gatewayUrl}; worker-src blob:; require-trusted-types-for 'script'`;
  const server = createServer((request, response) => {
    if (request.url !== '/') return response.writeHead(404).end();
    response.setHeader('content-security-policy', policy).setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Strict</title><script type="module" src="${gatewayUrl}/inlay.js"></script></head><body><inlay-widget token="${token()}"></inlay-widget></body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a scanned document is signed under the strictest policy, and nothing of ours is left in the page', async (context) => {
  const { platform, gateway, partner } = stage;
  let token = '';
  const { server, origin } = await strictPage(gateway.url, () => token);
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await gateway.admin('POST', `/api/v1/admin/partners/${partner.id}/origins`, { origin });
  const scan = await readFile(new URL('../fixtures/pdf/scan-jbig2.pdf', import.meta.url));
  const made = await call(
    platform,
    'POST',
    '/api/v2/partner/envelopes',
    { 'x-api-key': platform.keys.loyva },
    {
      customer_email: 'kai@scan.example',
      customer_name: 'Kai Sørensen',
      envelope_name: 'A scanned lease',
      document: { filename: 'scan.pdf', content_base64: scan.toString('base64') },
    },
  );
  assert.equal(made.status, 201, made.text);
  const { envelope_id } = made.json.data as { envelope_id: string };
  token = await mintedToken(gateway.url, partner.key, {
    widget_type: 'sign',
    envelope_id,
    user_email: 'kai@scan.example',
    customer: undefined,
  });

  const { page, complaints } = await watchedPage(await stage.browser.newContext());
  await page.addInitScript(() => {
    const strays = new Set<string>();
    Object.assign(globalThis, { strays });
    const ours = (node: Node) =>
      node instanceof Element ? `${node.tagName.toLowerCase()}${node.className ? `.${node.className}` : ''}` : '';
    new MutationObserver((changes) => {
      for (const { addedNodes, target } of changes)
        for (const node of addedNodes) if (!(target as Element).closest?.('inlay-widget')) strays.add(ours(node));
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(origin);
  await shown(page, 'Before you sign on screen');
  await agree(page);
  await page.locator('inlay-widget canvas').first().waitFor();
  await page
    .getByRole('button', { name: /^Sign here/ })
    .first()
    .click();
  await draw(page);
  await button(page, 'Use this signature').click();
  const during = await page.evaluate(() => [...document.body.children].map((each) => each.tagName));
  await button(page, 'Finish and sign').click();
  await shown(page, /Signed and sealed|Sealing the document/);
  await shown(page, 'Signed and sealed');
  const left = await page.evaluate(() => [...document.body.children].map((each) => each.tagName));
  const strays = await page.evaluate(() => [...(globalThis as unknown as { strays: Set<string> }).strays]);
  assert.deepEqual(left, ['INLAY-WIDGET']);
  assert.ok(during.length <= 3, during.join());
  const parser = new Set(['html', 'head', 'meta', 'title', 'script', 'body', 'inlay-widget', '']);
  assert.deepEqual(
    strays.filter((each) => !parser.has(each) && !/^(canvas|div)/.test(each)),
    [],
  );
  assert.deepEqual(complaints, []);
  await page.context().close();
});
