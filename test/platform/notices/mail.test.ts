import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import SqliteFile from 'better-sqlite3';
import { call, type StartedPlatform, startPlatform } from '../../start-platform.ts';

const openBoth = async (platform: StartedPlatform, email = 'ada@nordin.example') => {
  const team = { email, firstName: 'Ada', lastName: 'Nordin', companyName: 'Nordin Tryck & Papper Å' };
  await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, team);
  const organization = { externalId: email, email, businessName: 'Nordin Tryck' };
  await call(platform, 'POST', '/api/v1/partner/organizations/', { 'X-Kelviq-Partner-Key': platform.keys.kelviq }, organization);
};
const files = async (platform: StartedPlatform) => (await readdir(join(platform.dataDir, 'outbox'))).sort();
const mails = async (platform: StartedPlatform) =>
  Promise.all((await files(platform)).map(async (name) => decode(await readFile(join(platform.dataDir, 'outbox', name), 'utf8'))));

/** Headers and text of a mail with a quoted-printable or plain body (RFC 2045). */
function decode(eml: string): { headers: string; text: string } {
  const at = eml.indexOf('\r\n\r\n');
  const headers = eml.slice(0, at).replace(/\r\n[ \t]/g, ' ');
  const body = eml.slice(at + 4);
  if (!/^Content-Transfer-Encoding: quoted-printable$/im.test(headers)) return { headers, text: body };
  const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { headers, text: Buffer.from(bytes, 'latin1').toString('utf8') };
}

test('provisioning writes an invitation and a welcome, each delivered exactly once', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  await openBoth(platform);
  await platform.runJobs();
  await platform.runJobs();
  const [first, second, ...more] = await mails(platform);
  assert.ok(first && second && more.length === 0);
  const [invitation, welcome] = /^Subject: Welcome/m.test(first.headers) ? [second, first] : [first, second];
  assert.match(invitation.headers, /^To: ada@nordin\.example$/m);
  assert.match(invitation.headers, /^Message-ID: <mail_[a-z2-7]{24}@127\.0\.0\.1>$/m);
  assert.match(invitation.headers, /^Date: Sat, 21 Nov 2026 09:00:00 \+0000$/m);
  assert.match(invitation.text, /Hello Ada,/);
  assert.match(invitation.text, /Harbor Leasing has opened a Scribeless team for Nordin Tryck & Papper Å/);
  assert.match(welcome.headers, /^Subject: Welcome to Kelviq: set a password for Nordin Tryck$/m);
  assert.match(welcome.text, /Set your password/);
});

test('a mail that was written just before the process was killed is not written under a second name', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  await openBoth(platform);
  await platform.runJobs();
  const before = await files(platform);
  const db = new SqliteFile(join(platform.dataDir, 'platform.db'));
  db.exec('update outbox set delivered_at = null');
  db.close();
  platform.clock.now += 120_000;
  await platform.runJobs();
  assert.deepEqual(await files(platform), before);
});

test('names in a mail cannot write its headers', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  const body = { email: 'eve@shop.example', firstName: 'Eve', lastName: 'E', companyName: 'A\r\nBcc: all@shop.example' };
  const refused = await call(platform, 'POST', '/api/partner/teams', { 'X-API-Key': platform.keys.scribeless }, body);
  assert.equal(refused.status, 400);
  assert.match(String(refused.json.message), /^companyName must not hold control characters$/);
});

test('the link in the mail accepts the invitation, and that changes nothing else', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  await openBoth(platform);
  await platform.runJobs();
  const state = () => {
    const db = new SqliteFile(join(platform.dataDir, 'platform.db'), { readonly: true });
    const rows = ['organizations', 'teams', 'kelviq_organizations', 'outbox', 'account_keys'].map((table) =>
      db.prepare(`select * from ${table}`).all(),
    );
    const invitations = db.prepare('select count(*) as n from invitations where accepted_at is not null').get() as { n: number };
    db.close();
    return { rows, accepted: invitations.n };
  };
  const before = state();
  for (const { text } of await mails(platform)) {
    const link = /http:\/\/\S+/.exec(text)?.[0] ?? '';
    const page = await call({ url: '' }, 'GET', link, {});
    assert.equal(page.status, 200);
    assert.match(page.text, /Accept the invitation/);
    const form = new URLSearchParams({ token: new URL(link).searchParams.get('token') ?? '' }).toString();
    const accepted = await call(platform, 'POST', '/invitation', { 'Content-Type': 'application/x-www-form-urlencoded' }, form);
    assert.equal(accepted.status, 303);
    assert.match((await call({ url: '' }, 'GET', link, {})).text, /Invitation accepted/);
  }
  const now = state();
  assert.deepEqual(now.rows, before.rows);
  assert.deepEqual([before.accepted, now.accepted], [0, 2]);
});

test('the outbox shows each mail, waiting and then sent, with a link that works', async (t) => {
  const platform = await startPlatform();
  t.after(() => platform.close());
  assert.match((await call(platform, 'GET', '/outbox', {})).text, /No mail yet/);
  await openBoth(platform);
  const waiting = await call(platform, 'GET', '/outbox', {});
  assert.equal(waiting.text.match(/>Waiting</g)?.length, 2);
  await platform.runJobs();
  const sent = await call(platform, 'GET', '/outbox', {});
  assert.equal(sent.text.match(/>Sent</g)?.length, 2);
  const address = /href="(\/outbox\/mail_[a-z2-7]{24})"/.exec(sent.text)?.[1] ?? '';
  const mail = await call(platform, 'GET', address, {});
  const link = /href="(http[^"]+\/invitation[^"]+)"/.exec(mail.text)?.[1] ?? '';
  assert.equal((await call({ url: '' }, 'GET', link, {})).status, 200);
});

test('with an SMTP server mails go there; while it is away they wait and are tried again later', async (t) => {
  const smtp = await startSmtp();
  t.after(() => smtp.close());
  const platform = await startPlatform({ smtpUrl: `smtp://127.0.0.1:${smtp.port}` });
  smtp.refuse = true;
  await openBoth(platform);
  await platform.runJobs();
  assert.equal(smtp.received.length, 0);
  smtp.refuse = false;
  await platform.runJobs();
  assert.equal(smtp.received.length, 0, 'too early to try again');
  platform.clock.now += 10_000;
  await platform.runJobs();
  await platform.runJobs();
  assert.equal(smtp.received.length, 2);
  assert.ok(smtp.received.some((mail) => mail.includes('Subject: Welcome to Kelviq')));
  await platform.close();
});

/** A mail server that takes what RFC 5321 asks a client to say, or refuses with 451. */
async function startSmtp() {
  const state = { refuse: false, received: [] as string[], port: 0, close: async () => {} };
  const server = createServer((socket) => {
    let text = '';
    let inMail = false;
    socket.write('220 test\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      for (;;) {
        const end = inMail ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n');
        if (end < 0) return;
        const said = text.slice(0, end);
        text = text.slice(end + (inMail ? 5 : 2));
        if (inMail) state.received.push(said);
        const wasMail = inMail;
        inMail = !wasMail && /^DATA/i.test(said);
        if (inMail) socket.write('354 go on\r\n');
        else if (/^QUIT/i.test(said) && !wasMail) socket.end('221 bye\r\n');
        else socket.write(state.refuse && /^MAIL/i.test(said) ? '451 later\r\n' : '250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  state.port = address && typeof address === 'object' ? address.port : 0;
  state.close = () => new Promise((resolve) => server.close(() => resolve()));
  return state;
}
