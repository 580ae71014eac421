import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { type Before, buildBefore } from '../before.ts';
import { opened, rootOf } from '../platform/log/second-log.ts';
import { judges } from '../platform/world/judges.ts';
import { eventually } from '../start-gateway.ts';
import { call } from '../start-platform.ts';
import { skipped, tool } from '../tools.ts';
import { differences, leavesOf, linesOf, rowsOf, schemaOf } from './folder.ts';
import { assertSamePages, assertSealedBy } from './judging.ts';
import { bytesAt, envelopes, gateway, type Json, loyva, upload } from './partner.ts';
import { becomes, finishMany, hashOf, jonas, keptCall, lastAnswers, pastOf, signerOf } from './past.ts';
import { type Demo, type House, houseIn, present } from './program.ts';
import { finishNow, visitAgain } from './today.ts';

/** Everything that a partner can read, by its address: to be read again from another build. */
async function standing(life: Demo) {
  const list = async (path: string) => loyva<Json[]>(life, 'GET', `${path}?limit=100`);
  const all = await list(envelopes);
  const templates = await list('/api/v2/partner/templates');
  const paths = [
    ...all.map(({ envelope_id }) => `${envelopes}/${envelope_id}`),
    ...templates.map(({ template_id }) => `/api/v2/partner/templates/${template_id}`),
  ];
  const kelviq = await call({ url: life.platformUrl }, 'GET', '/api/v1/partner/organizations/', {
    'X-Kelviq-Partner-Key': life.vendorKeys.kelviq,
  });
  assert.equal(kelviq.status, 200, kelviq.text);
  return {
    answers: Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await loyva(life, 'GET', path)] as const))),
    organizations: kelviq.json,
    runs: (await gateway<{ items: Json[] }>(life, 'GET', '/partner/runs?limit=100')).json.items,
    head: await bytesAt(`${life.platformUrl}/log/checkpoint`).then(String),
    key: await bytesAt(`${life.platformUrl}/log/key`).then(String),
    authority: await bytesAt(`${life.platformUrl}/authority.pem`).then(String),
    audit: String((await audit(life)).checkpoint),
  };
}

const audit = async (life: Demo) => {
  const headers = { Authorization: `Bearer ${life.adminToken}` };
  const answer = await call({ url: life.gatewayUrl }, 'GET', `/api/v1/admin/partners/${life.partnerId}/audit?limit=100`, headers);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

/** What was said is said again; more may be said besides. */
function assertStillSaid(seen: unknown, said: unknown, where: string): void {
  if (said === null || typeof said !== 'object') {
    assert.deepEqual(seen, said, where);
    return;
  }
  assert.ok(seen !== null && typeof seen === 'object', where);
  if (Array.isArray(said)) assert.equal((seen as unknown[]).length, said.length, where);
  for (const [name, value] of Object.entries(said)) assertStillSaid((seen as Json)[name], value, `${where}/${name}`);
}

const seeded = 'declined done in_progress unknown waiting_billing';
/** The demo, with its customers in their five states. A machine that is slow needs another start: what a start has begun the next one goes on with. */
async function seededDemo(house: House, build: Before, starts = 4): ReturnType<House['demo']> {
  const demo = await house.demo(build);
  const there = await eventually(async () => {
    const { items } = (await gateway<{ items: { status: string }[] }>(demo.life, 'GET', '/partner/runs')).json;
    return (
      items
        .map(({ status }) => status)
        .sort()
        .join(' ') === seeded
    );
  }).catch((error: Error) => error);
  if (there === true) return demo;
  assert.ok(starts > 1, `${there}\n${demo.said()}`);
  await demo.stop();
  return seededDemo(house, build, starts - 1);
}

/** The head of a log, checked as far as this log lets strangers check it. */
const rootIn = (note: string) => {
  const [, size, root = ''] = note.split('\n');
  return { size: Number(size), root };
};

test('a data folder of the build before, killed at work, is read by this one', async (t) => {
  const before = await buildBefore();
  if (typeof before === 'string') return skipped(t, before);
  const dataDir = mkdtempSync(join(tmpdir(), 'inlay-older-'));
  const house = await houseIn(dataDir);
  t.after(() => {
    house.killAll();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const old = await seededDemo(house, before);
  const past = await pastOf(old.life);
  await past.expiry();
  const said = await standing(old.life);
  const many = await finishMany(old.life, past, 3);
  await old.kill();
  const states = rowsOf<{ state: string }>(dataDir, 'platform.db', 'select distinct state from envelopes order by state');
  const every = 'completed declined destroyed expired finishing pending released sent uploaded vaulted viewed voided';
  assert.equal(states.map(({ state }) => state).join(' '), every);
  const schema = schemaOf(dataDir);

  const now = await house.demo(present);
  const { life } = now;

  await t.test('everything that was said is said again', async () => {
    assert.deepEqual([life.partnerId, life.partnerKey, life.vendorKeys], [old.life.partnerId, old.life.partnerKey, old.life.vendorKeys]);
    const again = await standing(life);
    for (const part of ['answers', 'organizations', 'runs'] as const) assertStillSaid(again[part], said[part], part);
    assert.equal(again.key, said.key);
    for (const certificate of said.authority.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g) ?? assert.fail())
      assert.ok(again.authority.includes(certificate), 'a certificate that sealed is still given');
    assert.equal((await fetch(life.portalUrl)).status, 200);
  });

  await t.test('signers see what they saw, byte for byte', async () => {
    for (const half of Object.values(past.half))
      for (const [who, { today: _, ...seen }] of Object.entries(half.seenBy)) {
        const one = signerOf(life, half, who === 'ada' ? undefined : jonas);
        assertStillSaid(await one.see(), seen, who);
        assert.equal(hashOf(await one.document()), hashOf(half.document));
      }
    const { fields } = await signerOf(life, past.viewed).see();
    assert.deepEqual(
      fields.filter(({ type }) => type === 'text').map(({ value }) => value?.kind === 'text' && value.text.slice(0, 10)),
      ['Directrice', 'Berth 7', 'Skeppsbron'],
    );
  });

  await t.test('what lay in the vault lies there, and old addresses lead to it', async () => {
    const { vaulted, released, destroyed, completed } = past;
    assert.equal(hashOf(await bytesAt(vaulted.url)), hashOf(vaulted.sealed));
    assert.equal(hashOf(await bytesAt(vaulted.copyUrl)), hashOf(vaulted.copy));
    assert.equal(hashOf(await bytesAt(released.exportUrl)), hashOf(released.sealed));
    assert.equal(hashOf(await signerOf(life, completed).document()), hashOf(completed.sealed));
    const path = `${envelopes}/${destroyed.id}/vault-out/acknowledge`;
    assert.deepEqual(await loyva(life, 'POST', path, { sha256: hashOf(destroyed.sealed) }), destroyed.acknowledged);
    for (const kind of ['', '/copy']) await loyva(life, 'GET', `${envelopes}/${destroyed.id}/vault${kind}/signed-url`, undefined, 410);
    const { compliant, checks } = await loyva<Json>(life, 'GET', `${envelopes}/${vaulted.id}/compliance`);
    assert.equal(compliant, true, JSON.stringify(checks));
    const keys = JSON.parse(String(await bytesAt(`${life.platformUrl}/.well-known/jwks.json`))) as JSONWebKeySet;
    await compactVerify(vaulted.jws, createLocalJWKSet(keys));
  });

  await t.test('what was half signed, or killed in its sealing, is sealed exactly as it was shown', async (t) => {
    for (const { id } of many) await becomes(life, id, 'completed');
    const events = `select envelope_id from envelope_events where kind = 'envelope.completed'`;
    const completed = rowsOf<{ envelope_id: string }>(dataDir, 'platform.db', events).map((row) => row.envelope_id);
    for (const { id } of many) assert.equal(completed.filter((each) => each === id).length, 1);
    for (const half of Object.values(past.half)) {
      await finishNow(life, half.tokens[jonas.email] ?? '', lastAnswers);
      await becomes(life, half.id, 'completed');
    }
    await finishNow(life, past.viewed.tokens['ada@nordin.example'] ?? '', {});
    await finishNow(life, past.sent.tokens['ada@nordin.example'] ?? '', { signature: { kind: 'typed', text: 'Ada Nordin' } });
    for (const { id } of [past.viewed, past.sent]) await becomes(life, id, 'completed');

    const judge = judges(t);
    const pdftoppm = judge && tool(t, 'pdftoppm', 'poppler-utils');
    if (!pdftoppm) return;
    const authority = String(await bytesAt(`${life.platformUrl}/authority.pem`));
    for (const half of Object.values(past.half)) {
      const sealed = await signerOf(life, half, jonas).document();
      assertSealedBy(judge, sealed, authority, 'now');
      assertSamePages({ ...judge, pdftoppm }, half.twin, sealed, half.seenBy.jonas.document.pages.length);
    }
    for (const one of [...many.slice(-1), past.viewed, past.sent])
      assertSealedBy(judge, await signerOf(life, one).document(), authority, 'now');
    for (const { sealed } of [
      ...Object.values(past.half).map(({ twin }) => ({ sealed: twin })),
      past.completed,
      past.vaulted,
      past.released,
    ])
      assertSealedBy(judge, sealed, authority, 'before');
  });

  await t.test('both logs have only grown: their old heads are heads of what stands before the rest', async () => {
    const again = await standing(life);
    const head = opened(again.head, again.key);
    for (const [name, note, newer] of [
      ['platform.db', said.head, again.head],
      ['gateway.db', said.audit, again.audit],
    ] as const) {
      const leaves = leavesOf(dataDir, name);
      for (const { size, root } of [rootIn(note), rootIn(newer)])
        assert.equal(rootOf(leaves.slice(0, size)).toString('base64'), root, `${name} at ${size}`);
      assert.ok(rootIn(newer).size > rootIn(note).size);
    }
    assert.equal(opened(said.head, again.key).origin, head.origin);
  });

  await t.test('what was under way goes on', async () => {
    await visitAgain(life, past);
    const kept = await keptCall(life);
    assert.deepEqual([kept.headers.get('idempotent-replayed'), kept.json.data.envelope_id], ['true', past.paper.pending]);
    const path = '/api/v2/partner/webhook';
    assert.deepEqual(await loyva(life, 'PATCH', path, {}), past.webhooks);
    assert.deepEqual((await gateway<{ data: Json }>(life, 'PATCH', path, {})).json.data, past.webhooks);

    await upload(life, past.paper.pending, past.paper.bytes);
    for (const id of [past.paper.pending, past.paper.uploaded.id]) await loyva(life, 'POST', `${envelopes}/${id}/vault-in-upload`);
    await loyva(life, 'POST', `${envelopes}/${past.completed.id}/vault-in-signed`);
    const { released, templateId: template_id } = past;
    await loyva(life, 'POST', `${envelopes}/${released.id}/vault-out/acknowledge`, { sha256: hashOf(released.sealed) });
    const signers = [{ email: 'kim@berth.example', name: 'Kim Berg', role: 'Lessee' }];
    const request = { customer_email: 'kim@berth.example', customer_name: 'Kim Berg', template_id, signers };
    assert.equal((await loyva(life, 'POST', envelopes, request, 201)).status, 'sent');
  });
  const left = 'select (select count(*) from outbox where delivered_at is null) + (select count(*) from doomed_files) as n';
  await eventually(async () => rowsOf<{ n: number }>(dataDir, 'platform.db', left)[0]?.n === 0);
  await now.stop();

  await t.test('a second start changes nothing', async (t) => {
    const sqlite3 = tool(t, 'sqlite3', 'sqlite3');
    if (!sqlite3) return;
    const kept = linesOf(dataDir, sqlite3);
    await startParts(house, life);
    assert.deepEqual(differences(kept, linesOf(dataDir, sqlite3)), []);
  });

  await t.test('the build before starts on it only while it knows all that is in it, and else leaves it as it is', async (t) => {
    const sqlite3 = tool(t, 'sqlite3', 'sqlite3');
    if (!sqlite3) return;
    const newer = schemaOf(dataDir);
    const kept = linesOf(dataDir, sqlite3);
    for (const [part, file] of [
      ['platform', 'platform.db'],
      ['gateway', 'gateway.db'],
    ] as const) {
      const [unknown] = newer[file].filter((name) => !schema[file].includes(name));
      const program = house.part(before, part);
      if (unknown === undefined) {
        await program.says('listens at');
        await program.stop();
        continue;
      }
      assert.equal(await program.ended, 1);
      assert.match(program.said(), new RegExp(`previously executed migration ${unknown} is missing`));
    }
    assert.deepEqual(differences(kept, linesOf(dataDir, sqlite3)), []);
  });
});

/** Platform and gateway alone, until each has answered something, which it does after its jobs have begun; then ended, which waits for them. */
async function startParts(house: House, life: Demo): Promise<void> {
  const platform = house.part(present, 'platform');
  await platform.says('listens at');
  await bytesAt(`${life.platformUrl}/log/checkpoint`);
  const gatewayAlone = house.part(present, 'gateway');
  await gatewayAlone.says('listens at');
  await gateway(life, 'GET', '/partner/runs');
  await gatewayAlone.stop();
  await platform.stop();
}
