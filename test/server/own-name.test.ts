import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, test } from 'node:test';
import { listen } from '../../server/http/listen.ts';
import { portal } from '../../server/portal/portal.ts';
import { startPlatform } from '../start-platform.ts';

const platform = await startPlatform();
const site = await listen(portal({ gatewayUrl: 'http://127.0.0.1:9', partnerKey: 'pk_none', platformUrl: platform.url }), 0, '127.0.0.1');
after(async () => {
  await site.close(0);
  await platform.close();
});

const asked = (port: number, path: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test('the portal and the outbox answer to this machine’s own names only: a page that was led here reads no signing link', async () => {
  const platformPort = Number(new URL(platform.url).port);
  for (const [port, path, there] of [
    [site.port, '/icon.svg', 200],
    [site.port, '/customers/hl-1', 404],
    [platformPort, '/outbox', 200],
    [platformPort, '/outbox/mail_none', 404],
  ] as const) {
    for (const name of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'LOCALHOST'])
      assert.equal(await asked(port, path, name), there, `${path} by ${name}`);
    for (const name of [
      'rebound.example',
      `rebound.example:${port}`,
      'localhost.example',
      '127.0.0.1.example',
      '127.0.0.1@rebound.example',
    ])
      assert.equal(await asked(port, path, name), 421, `${path} by ${name}`);
  }
  // What asks for a key or a link of its own is the same by any name: a proxy may stand before it.
  assert.equal(await asked(platformPort, '/api/account/status', 'platform.example'), 401);
});
