import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readEnvironment } from '../../server/config.ts';

test('the platform vaults when it is asked, unless it is told to do so by itself; anything else is refused', () => {
  assert.equal(readEnvironment({}).config.vaulting, 'manual');
  assert.equal(readEnvironment({ PLATFORM_VAULT: 'auto' }).config.vaulting, 'auto');
  assert.throws(() => readEnvironment({ PLATFORM_VAULT: 'always' }), /PLATFORM_VAULT must be manual or auto/);
});

test('a PKCS#12 file comes with its password and the password with its file, and neither is quoted', () => {
  assert.equal(readEnvironment({}).config.pkcs12, undefined);
  const both = readEnvironment({ PLATFORM_PKCS12_FILE: 'seal.p12', PLATFORM_PKCS12_PASSWORD: 'hush-hush' });
  assert.deepEqual(both.config.pkcs12, { file: resolve('seal.p12'), password: 'hush-hush' });
  assert.throws(() => readEnvironment({ PLATFORM_PKCS12_FILE: 'seal.p12' }), /PLATFORM_PKCS12_PASSWORD is missing/);
  const alone = () => readEnvironment({ PLATFORM_PKCS12_PASSWORD: 'hush-hush' });
  assert.throws(alone, /PLATFORM_PKCS12_FILE is missing/);
  assert.throws(alone, (error: Error) => !error.message.includes('hush'));
});

test('proxies are trusted by address, range or name, and whatever is none of these is refused', () => {
  assert.deepEqual(readEnvironment({}).config.trustedProxies, []);
  const given = readEnvironment({ INLAY_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,192.0.2.7, 2001:db8::/32, uniquelocal' });
  assert.deepEqual(given.config.trustedProxies, ['loopback', '10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'uniquelocal']);
  for (const wrong of ['*', 'true', '1', 'proxy.example', '10.0.0.0/33', '10.0.0.0/0', '10.0.0/8', '::/129', '10.0.0.1:80'])
    assert.throws(() => readEnvironment({ INLAY_TRUSTED_PROXIES: wrong }), /INLAY_TRUSTED_PROXIES must be addresses or ranges/);
});

test('events may go to addresses that are not public only by exact origin, and whatever is no origin is refused', () => {
  assert.deepEqual(readEnvironment({}).config.webhookAllow, []);
  const given = readEnvironment({ PLATFORM_WEBHOOK_ALLOW: 'http://127.0.0.1:8082, https://hooks.harbor.example' });
  assert.deepEqual(given.config.webhookAllow, ['http://127.0.0.1:8082', 'https://hooks.harbor.example']);
  for (const wrong of ['*', 'http://127.0.0.1:8082/hook', 'localhost', 'ftp://a.example', 'http://A.example', 'null'])
    assert.throws(() => readEnvironment({ PLATFORM_WEBHOOK_ALLOW: wrong }), /PLATFORM_WEBHOOK_ALLOW must be exact origins/);
});
