import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { eventually } from '../../start-gateway.ts';
import { call } from '../../start-platform.ts';
import { createVisitor, mintedToken, proof } from '../../visitor.ts';
import { gatewayChild } from '../world/gateway-child.ts';
import { startStubLoyva } from '../world/stub-loyva.ts';
import { json } from '../world/stub-vendor.ts';

const origin = 'https://portal.harbor.example';
const ada = 'ada@nordin.example';
const connections = 32;
const rounds = 20;
/** Milliseconds after which every connection that nobody uses is closed, ours to the vendor too. */
const quiet = 6_000;

const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** How many descriptors are open once nothing changes any more. */
async function atRest(pid: number): Promise<number> {
  let last = descriptors(pid);
  let since = Date.now();
  return eventually(async () => {
    const now = descriptors(pid);
    if (now !== last) {
      last = now;
      since = Date.now();
    }
    return Date.now() - since > quiet && now;
  });
}

const linux = process.platform === 'linux' ? false : 'Open descriptors and memory of a process are read from /proc.';
test('callers who leave in the middle, and slow readers, cost nothing that stays', { skip: linux, timeout: 600_000 }, async (t) => {
  const loyva = await startStubLoyva();
  const gateway = await gatewayChild(loyva.origin, origin, { loyva: 'lv_vendor_key_1' });
  try {
    const document = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(6_000_000, 'x')]);
    loyva.at('GET /ceremony/document', (response) => {
      response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': document.length, etag: '"d"' }).end(document);
    });
    const { envelope_id } = loyva.make(JSON.stringify({ external_id: '', signers: [{ email: ada }] }));
    const wanted = { widget_type: 'sign', customer: undefined, envelope_id, user_email: ada };
    // Each session may have four downloads open.
    const visitors = await Promise.all(
      Array.from({ length: connections / 4 }, async () => {
        const visitor = await createVisitor(gateway.url, origin);
        await eventually(async () => (await visitor.open(await mintedToken(gateway.url, gateway.partner.key, wanted))).status === 201);
        return visitor;
      }),
    );
    loyva.at('GET ', (response) => void setTimeout(() => json({ data: [] })(response), 30));

    const { hostname, port } = new URL(gateway.url);
    const open = (method: string, path: string, headers: Record<string, string | number>): ClientRequest =>
      request({ hostname, port, method, path, headers, agent: false }).on('error', () => {});
    const closed = (outgoing: ClientRequest) => new Promise<void>((resolve) => outgoing.once('close', () => resolve()));
    const partnered = { 'x-api-key': gateway.partner.key };
    const download = async (n: number): Promise<ClientRequest> => {
      const visitor = visitors[n % visitors.length] ?? assert.fail();
      const path = '/embed/ceremony/document';
      const dpop = await proof({ method: 'GET', url: gateway.url + path, token: visitor.token, pair: visitor.pair });
      const outgoing = open('GET', path, { authorization: `DPoP ${visitor.token}`, dpop, origin });
      outgoing.once('response', ({ statusCode }) => {
        if (statusCode === 200) begun += 1;
      });
      outgoing.end();
      return outgoing;
    };
    let begun = 0;

    /** Each breaks off in the middle of another thing. */
    const leavers: readonly ((n: number) => Promise<void>)[] = [
      async (n) => {
        const headers = { ...partnered, 'content-type': 'multipart/form-data; boundary=b', 'content-length': 4_000_000 };
        const outgoing = open('POST', '/api/v2/partner/envelopes', n % 2 ? { ...headers, 'idempotency-key': `leaving-${n}` } : headers);
        outgoing.write(Buffer.alloc(500_000 + n * 1_000, '--b\r\n'), () => outgoing.destroy());
        await closed(outgoing);
      },
      async (n) => {
        const outgoing = await download(n);
        outgoing.once('response', (answer: IncomingMessage) => answer.once('data', () => outgoing.destroy()));
        await closed(outgoing);
      },
      async (n) => {
        const outgoing = open('GET', '/api/v2/partner/envelopes', partnered);
        outgoing.end(() => void setTimeout(() => outgoing.destroy(), n % 30));
        await closed(outgoing);
      },
      async (n) => {
        // A slow reader: takes one chunk, lets the rest wait, and goes.
        const outgoing = await download(n);
        outgoing.once('response', (answer: IncomingMessage) => {
          answer.once('data', () => {
            answer.pause();
            setTimeout(() => outgoing.destroy(), 100 + (n % 100));
          });
        });
        await closed(outgoing);
      },
    ];

    // A process that has made no calls yet: connections kept open for the next call would count.
    await gateway.killAndStart();
    const before = await atRest(gateway.pid);
    let early = { held: 0, resident: 0 };
    for (let round = 1; round <= rounds; round += 1) {
      await Promise.all(Array.from({ length: connections }, (_, i) => leavers[i % leavers.length]?.(round * connections + i)));
      loyva.received.length = 0;
      assert.ok(gateway.alive, `round ${round}`);
      if (round === 5) {
        await atRest(gateway.pid);
        early = await gateway.memory();
      }
    }
    assert.equal(begun, (rounds * connections) / 2, 'every reader had begun to read the document');
    assert.equal(await atRest(gateway.pid), before);
    const late = await gateway.memory();
    const grown = `${JSON.stringify(early)} after round 5, ${JSON.stringify(late)} after round ${rounds}`;
    t.diagnostic(grown);
    assert.ok(late.held <= 1.2 * early.held, grown);
    assert.ok(late.resident <= 1.2 * early.resident, grown);
    const alive = await call(gateway, 'GET', '/api/v2/partner/envelopes', partnered);
    assert.equal(alive.status, 200);
  } finally {
    await gateway.close();
    loyva.close();
  }
});
