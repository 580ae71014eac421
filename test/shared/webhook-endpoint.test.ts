import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { webhookFault, webhookPatch } from '../../shared/webhook-endpoint.ts';

const https = 'must be an https address';
const own = 'must lead to a public host';

const cases: readonly [address: string, fault: string | undefined][] = [
  ['https://hooks.partner.example/loyva', undefined],
  ['https://hooks.partner.example:8443/loyva?a=b', undefined],
  ['https://xn--bcher-kva.example/', undefined],
  ['https://93.184.216.34/', undefined],
  ['https://[2606:4700::1111]/', undefined],
  [`https://a.example/${'x'.repeat(2_030)}`, undefined],
  [`https://a.example/${'x'.repeat(2_031)}`, https],
  ['http://hooks.partner.example/', https],
  ['ftp://hooks.partner.example/', https],
  ['javascript:alert(1)', https],
  ['hooks.partner.example', https],
  ['', https],
  ['https://', https],
  ['https://a.example/a b', https],
  [' https://a.example/', https],
  ['https://a.example/\n', https],
  ['https://bücher.example/', https],
  ['https://user@a.example/', 'must not hold a user name or a password'],
  ['https://:pass@a.example/', 'must not hold a user name or a password'],
  ['https://a.example/#x', 'must not have a fragment'],
  ['https://a.example/#', 'must not have a fragment'],
  ['https://localhost/', own],
  ['https://LOCALHOST./', own],
  ['https://app.localhost/', own],
  ['https://printer.local/', own],
  ['https://vault.internal/', own],
  ['https://router.home.arpa/', own],
  ['https://intranet/', own],
  ['https://127.0.0.1/', own],
  ['https://127.1/', own],
  ['https://2130706433/', own],
  ['https://0x7f000001/', own],
  ['https://0177.0.0.1/', own],
  ['https://127.0.0.1./', own],
  ['https://%31%32%37.0.0.1/', own],
  ['https://0.0.0.0/', own],
  ['https://10.1.2.3/', own],
  ['https://100.64.0.1/', own],
  ['https://100.127.255.255/', own],
  ['https://100.128.0.0/', undefined],
  ['https://169.254.169.254/latest/meta-data/', own],
  ['https://172.15.0.1/', undefined],
  ['https://172.16.0.1/', own],
  ['https://172.31.255.255/', own],
  ['https://172.32.0.1/', undefined],
  ['https://192.168.0.1/', own],
  ['https://198.18.0.1/', own],
  ['https://198.19.255.255/', own],
  ['https://203.0.113.9/', own],
  ['https://224.0.0.1/', own],
  ['https://240.0.0.1/', own],
  ['https://255.255.255.255/', own],
  ['https://[::1]/', own],
  ['https://[::]/', own],
  ['https://[::ffff:127.0.0.1]/', own],
  ['https://[::ffff:93.184.216.34]/', own],
  ['https://[64:ff9b::a00:1]/', own],
  ['https://[fe80::1]/', own],
  ['https://[fd00::1]/', own],
  ['https://[ff02::1]/', own],
  ['https://[2001:db8::1]/', own],
  ['https://[2001::1]/', own],
  ['https://[2001:4860:4860::8888]/', undefined],
  ['https://[2002:7f00:1::]/', own],
  ['https://[3fff:fff::1]/', own],
  ['https://[3fff:1000::1]/', undefined],
];

test('events go to public https addresses only, however an address is spelt', () => {
  for (const [address, fault] of cases) assert.equal(webhookFault(address, []), fault, address);
});

test('an origin that is allowed by name may be called, and only that one', () => {
  const allowed = ['http://127.0.0.1:9000', 'https://hooks.internal'];
  assert.equal(webhookFault('http://127.0.0.1:9000/any/path', allowed), undefined);
  assert.equal(webhookFault('https://hooks.internal:443/', allowed), undefined);
  assert.equal(webhookFault('http://127.0.0.1:9001/', allowed), https);
  assert.equal(webhookFault('https://127.0.0.1:9000/', allowed), own);
  assert.equal(webhookFault('http://hooks.internal/', allowed), https);
  assert.equal(webhookFault('http://127.0.0.1:9000@evil.example/', allowed), 'must not hold a user name or a password');
  assert.equal(webhookFault('http://127.0.0.1:9000/#a', allowed), 'must not have a fragment');
});

test('no spelling of an address of the own machine passes', () => {
  const part = (n: number) => fc.constantFrom(String(n), `0x${n.toString(16)}`, `0${n.toString(8)}`);
  const spelling = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 255 }))
    .chain(([a, b, c]) =>
      fc.oneof(
        fc.tuple(part(127), part(a), part(b), part(c)).map((parts) => parts.join('.')),
        fc.tuple(part(127), part(a), part(b * 256 + c)).map((parts) => parts.join('.')),
        fc.tuple(part(127), part(a * 65_536 + b * 256 + c)).map((parts) => parts.join('.')),
        part(127 * 2 ** 24 + a * 65_536 + b * 256 + c),
        fc.constant(`[::ffff:127.${a}.${b}.${c}]`),
      ),
    );
  fc.assert(fc.property(spelling, (host) => assert.equal(webhookFault(`https://${host}/`, []), own, host)));
});

test('a secret has 16 to 256 characters that can be seen, in any script, and after whsec_ it is 24 to 64 bytes in base64', () => {
  const WebhookPatch = webhookPatch([]);
  const ok = (webhook_secret: unknown) => WebhookPatch.safeParse({ webhook_secret }).success;
  for (const secret of [
    null,
    'x'.repeat(16),
    'x'.repeat(256),
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `whsec_${Buffer.alloc(25, 7).toString('base64')}`,
    `whsec_${Buffer.alloc(64, 7).toString('base64')}`,
    'sixteen-or-more!~',
    'with spaces in between',
    'schlüssel-für-ereignisse',
  ])
    assert.ok(ok(secret), String(secret));
  for (const secret of [
    '',
    'x'.repeat(15),
    'x'.repeat(257),
    'a copied line break\n',
    'half a character \ud83d',
    'whsec_not+base64!',
    'whsec_abcdefghijk',
    `whsec_${Buffer.alloc(23, 7).toString('base64')}`,
    `whsec_${Buffer.alloc(65, 7).toString('base64')}`,
    'whsec_',
    7,
  ])
    assert.ok(!ok(secret), String(secret));
  assert.deepEqual(webhookPatch([]).parse({ unknown: 1 }), {});
});
