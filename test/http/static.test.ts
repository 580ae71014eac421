import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { type StartedGateway, startGateway } from '../start-gateway.ts';

let gateway: StartedGateway;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.close());

test('the script is sent once: whoever has it is told so in 304, in each encoding', async () => {
  for (const encoding of ['br', 'identity']) {
    const first = await request(`${gateway.url}/inlay.js`, { headers: { 'accept-encoding': encoding } });
    assert.equal(first.statusCode, 200);
    assert.equal(first.headers['cache-control'], 'no-cache');
    assert.equal(first.headers['access-control-allow-origin'], '*');
    await first.body.dump();
    const again = await request(`${gateway.url}/inlay.js`, {
      headers: { 'accept-encoding': encoding, 'if-none-match': String(first.headers.etag) },
    });
    assert.equal(again.statusCode, 304);
    assert.equal((await again.body.arrayBuffer()).byteLength, 0);
  }
});

test('what was not built is not there, however the path is spelled', async () => {
  for (const path of ['/chunks/nothing.js', '/chunks/..%2finlay.js', '/chunks/../../package.json', '/inlay.js.br', '/chunks/'])
    assert.equal((await fetch(gateway.url + path)).status, 404, path);
});

test('a problem code leads to its page; another word does not', async () => {
  const page = await fetch(`${gateway.url}/problems/token-used`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /The embed token was already used by another browser/);
  assert.equal((await fetch(`${gateway.url}/problems/constructor`)).status, 404);
});
