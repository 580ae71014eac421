import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { type ProxyRow, proxyTable } from '../../../server/gateway/routes/proxy-table.ts';
import * as rebuilds from '../../../server/gateway/vendors/rebuild.ts';
import type { VendorName } from '../../../shared/onboarding/flow.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';
import { startRawVendor } from './raw-vendor.ts';

const vendorKeys: Record<VendorName, string> = {
  scribeless: 'slp_C4n4ry0fTheVend0r',
  kelviq: 'kvqp_C4n4ry0fTheVend0r',
  loyva: 'lk_C4n4ry0fTheVend0r',
  subscribr: 'C4n4ry/0fThe+Vend0r',
};
const keyHeader: Record<VendorName, string> = {
  scribeless: 'x-api-key',
  kelviq: 'x-kelviq-partner-key',
  loyva: 'x-api-key',
  subscribr: 'authorization',
};
let vendor: Awaited<ReturnType<typeof startRawVendor>>;
let gateway: StartedGateway;
let key: string;
before(async () => {
  vendor = await startRawVendor();
  gateway = await startGateway({ vendorUrl: vendor.origin });
  ({ key } = await gateway.partner({ vendorKeys }));
});
after(async () => {
  await gateway.close();
  vendor.close();
});

const table = proxyTable(rebuilds);
const bearer = (vendorName: VendorName, secret: string) => (vendorName === 'subscribr' ? `Bearer ${secret}` : secret);
const pathOf = ({ path }: ProxyRow) => path.replace('{/}', '/').replace(/:\w+/, 'env_0123456789ab');

/** What a caller, its proxies or an attacker may send along; none of it is the vendor's business. */
const luggage = {
  cookie: 'session=luggage-cookie',
  authorization: 'Bearer luggage-authorization',
  'proxy-authorization': 'Basic luggage-proxy',
  'x-forwarded-for': 'luggage-forwarded-for',
  'x-forwarded-host': 'luggage.example',
  'x-forwarded-proto': 'luggage-proto',
  'x-real-ip': 'luggage-ip',
  forwarded: 'for=luggage-forwarded',
  via: '1.1 luggage-via',
  referer: 'https://portal.example/luggage-referer',
  'user-agent': 'luggage-agent',
  traceparent: '00-luggage-1-00',
  baggage: 'luggage=baggage',
  'x-inlay-client': 'luggage-client',
  'inlay-client': 'luggage-client',
  'if-none-match': '"luggage-etag"',
  range: 'bytes=0-luggage',
  'x-http-method-override': 'LUGGAGE',
  'x-original-url': '/luggage',
  'accept-language': 'luggage',
  'x-scribeless-key': 'luggage-key',
  'idempotency-key': 'luggage-once',
} as const;

interface Heard {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}
/** Node's own client: fetch would not let some of these headers out. */
const send = (row: ProxyRow, { type = 'application/json', body = '{"a":"b"}', chunked = false, more = {} } = {}): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const own = { [keyHeader[row.vendor]]: bearer(row.vendor, key) };
    const length =
      row.method !== 'POST' ? {} : chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body) };
    const content = row.method === 'POST' ? { 'content-type': type, ...length } : {};
    const call = request(gateway.url + pathOf(row), { method: row.method, headers: { ...more, ...content, ...own } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })).on('error', reject);
    });
    call.on('error', reject).end(row.method === 'POST' ? body : undefined);
  });

const form = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\r\n--b--\r\n';
/** Each way in which a row takes its body. */
const waysOf = (row: ProxyRow) => [
  { name: 'JSON' },
  ...(row.formCap === undefined ? [] : [{ name: 'a form', type: 'multipart/form-data; boundary=b', body: form }]),
  ...(row.formCap === undefined ? [] : [{ name: 'a form in chunks', type: 'multipart/form-data; boundary=b', body: form, chunked: true }]),
];

for (const row of table)
  for (const { name, ...way } of waysOf(row))
    test(`${row.method} ${row.path} (${name}): the vendor sees its own key, what the call is, and nothing else of the caller`, async () => {
      vendor.wires.length = 0;
      vendor.answerWith((response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{}'));
      await send(row, { ...way, more: { ...luggage, 'idempotency-key': `luggage-${pathOf(row)}-${name.replaceAll(' ', '-')}` } });
      assert.equal(vendor.wires.length, 1);
      const [wire] = vendor.wires;
      assert.ok(wire);
      assert.equal(wire.line, `${row.method} ${pathOf(row)} HTTP/1.1`);
      const names = wire.headers.map(([header]) => header).sort();
      const content = row.method === 'POST' ? ['content-type', 'chunked' in way ? 'transfer-encoding' : 'content-length'] : [];
      // Undici says that nothing follows a DELETE.
      const expected = ['accept', 'connection', 'host', 'user-agent', keyHeader[row.vendor], ...content].sort();
      assert.deepEqual(
        names.filter((header) => !(row.method === 'DELETE' && header === 'content-length')),
        expected,
        'each once, and no other',
      );
      const headers = Object.fromEntries(wire.headers);
      assert.equal(headers.host, vendor.host);
      assert.equal(headers['user-agent'], 'Inlay');
      assert.equal(headers[keyHeader[row.vendor]], bearer(row.vendor, vendorKeys[row.vendor]));
      assert.doesNotMatch(wire.text, /luggage/i);
      assert.ok(!wire.text.includes(key), 'the gateway’s key stays with the gateway');
      if ('body' in way && !('chunked' in way)) assert.ok(wire.text.endsWith(form));
    });

/** Headers that a vendor may send and that must not reach a caller, each with the key in it. */
const strange = (secret: string) => ({
  'set-cookie': `session=${secret}`,
  server: secret,
  'x-powered-by': secret,
  location: `https://evil.example/?key=${secret}`,
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
  'clear-site-data': '"*"',
  refresh: '0; url=https://evil.example/',
  link: '<https://evil.example/>; rel=preload',
  'strict-transport-security': 'max-age=1',
  'content-security-policy': 'default-src *',
  'x-frame-options': 'ALLOWALL',
  'x-debug-request': `x-api-key: ${secret}`,
});
const passing = /^(content-(type|length|disposition|range)|accept-ranges|etag|last-modified|retry-after|x-ratelimit-\w+)$/;
const ours =
  /^(cache-control|connection|content-security-policy|cross-origin-resource-policy|date|keep-alive|permissions-policy|referrer-policy|x-content-type-options|x-frame-options)$/;

const answerOf = (row: ProxyRow): unknown => {
  if (row.rebuild === undefined) return { data: { name: 'Lease' } };
  if (row.vendor === 'scribeless')
    return { teamId: 't', apiKey: { id: 'k', name: 'n', key: `slt_${row.path.length}_opened`, created_at: 'now' } };
  const one = { organizationIdentifier: 'org', serverKey: null };
  return row.rebuild === rebuilds.kelviqList ? { results: [one], count: 1 } : one;
};

for (const row of table)
  test(`${row.method} ${row.path}: of an answer's headers only those of the list pass`, async () => {
    vendor.answerWith((response) =>
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'x-ratelimit-remaining': '7',
          etag: '"1"',
          ...strange(`nobodys-business ${vendorKeys[row.vendor]}`),
        })
        .end(JSON.stringify(answerOf(row))),
    );
    const { status, headers, text } = await send(row);
    assert.equal(status, 200, text);
    for (const name of Object.keys(headers)) assert.ok(passing.test(name) || ours.test(name), name);
    assert.deepEqual([headers['x-ratelimit-remaining'], headers.etag, headers['cache-control']], ['7', '"1"', 'no-store']);
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.doesNotMatch(JSON.stringify(headers) + text, /nobodys-business|evil|C4n4ry/);
  });

type Echo = (secret: string) => { status?: number; headers?: Record<string, string>; body?: string };
/** Ways in which vendors give a key back: by a debug page, a mirror, a quotation, a redirect. */
const echoes: Record<string, Echo> = {
  'in a body': (secret) => ({ body: JSON.stringify({ data: { you: `sent ${secret}` } }) }),
  'with its slashes escaped': (secret) => ({ body: `{"data":"${secret.replaceAll('/', '\\/')}"}` }),
  'in an address': (secret) => ({ body: `{"data":"https://x.example/?key=${encodeURIComponent(secret)}"}` }),
  'in a header': (secret) => ({ headers: { etag: `"${secret}"` } }),
  'in an error page': (secret) => ({ status: 400, headers: { 'content-type': 'text/html' }, body: `<pre>x-api-key: ${secret}</pre>` }),
  'in a redirect': (secret) => ({ status: 302, headers: { location: `/?key=${secret}` }, body: `<a href="/?key=${secret}">` }),
};
for (const row of table)
  test(`${row.method} ${row.path}: a vendor that gives the key back is refused, and the key stays`, async () => {
    const secret = vendorKeys[row.vendor];
    for (const [name, echo] of Object.entries(echoes)) {
      const { status = 200, headers = {}, body = '{}' } = echo(secret);
      vendor.answerWith((response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body));
      const heard = await send(row);
      const all = JSON.stringify(heard);
      assert.equal(heard.status, 502, `${name}: ${all}`);
      for (const form of [secret, encodeURIComponent(secret), secret.replaceAll('/', '\\/')])
        assert.ok(!all.includes(form), `${name}: ${all}`);
    }
  });

test('an answer in an encoding that nobody asked for does not pass: nobody could look through it', async () => {
  const row = table.find(({ method, path }) => method === 'GET' && path.endsWith('/status'));
  assert.ok(row);
  for (const encoding of ['gzip', vendorKeys.loyva]) {
    vendor.answerWith((response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end('{}'),
    );
    const heard = await send(row);
    assert.equal(heard.status, 502);
    assert.ok(!JSON.stringify(heard).includes(vendorKeys.loyva.slice(0, 8)), 'not a part of the key either');
  }
});

test('what was reported of all this holds no key', () => {
  const told = gateway.reported.map((error) =>
    error instanceof Error ? `${error.message} ${error.stack} ${String(error.cause)}` : String(error),
  );
  assert.ok(told.length > 0);
  for (const line of told) for (const secret of [key, ...Object.values(vendorKeys)]) assert.ok(!line.includes(secret), line);
});
