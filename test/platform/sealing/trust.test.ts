import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeAuthority, type OwnIdentity, renewed } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import { tool } from '../../tools.ts';
import { documentOf } from '../world/judges.ts';

const year = 365.25 * 86_400_000;
const now = Date.now();
const dayIn = (years: number): string => new Date(now + years * year).toISOString().slice(0, 10);

const sealedBy = async (identity: OwnIdentity, line: string): Promise<Uint8Array> => {
  const { bytes, pages } = await documentOf([line]);
  return works.seal({ source: bytes, pages, marks: [], facts: null, reason: 'Sealed', identity, at: now });
};
const rootPem = ({ certificates }: OwnIdentity): string => new X509Certificate(certificates.at(-1) ?? '').toString();

/** What docs/sealed-files.md tells a receiver, ready to be run in a folder with sealed.pdf and authority.pem. */
const advice = readFileSync(new URL('../../../docs/sealed-files.md', import.meta.url), 'utf8');
const [, script = ''] = /<!-- example: trust\.sh -->\n```sh\n([\s\S]*?)```/.exec(advice) ?? [];

/** Runs what that page says: whether every program was content, and what they printed. `years` turns the clock of them all. */
function judged(test: TestContext, sealed: Uint8Array, pem: string, years?: number): { said: string; isTrusted: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'inlay-trust-'));
  test.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'sealed.pdf'), sealed);
  writeFileSync(join(folder, 'authority.pem'), pem);
  writeFileSync(join(folder, 'trust.sh'), `set -e\nexec 2>&1\n${script}`);
  const [program = 'sh', ...before] = years === undefined ? ['sh'] : ['faketime', `${dayIn(years)} 12:00:00`, 'sh'];
  const { stdout, status } = spawnSync(program, [...before, 'trust.sh'], { cwd: folder, encoding: 'utf8' });
  return { said: stdout, isTrusted: status === 0 && /Certificate Validation: Certificate is Trusted\./.test(stdout) };
}

const hasTools = (test: TestContext): boolean =>
  Boolean(
    tool(test, 'pdfsig', 'poppler-utils') &&
      tool(test, 'certutil', 'libnss3-tools') &&
      tool(test, 'openssl', 'openssl') &&
      tool(test, 'faketime', 'faketime'),
  );

test('whoever trusts the authority as the page for receivers says finds the seal trusted, today and in nine years', async (t) => {
  if (!hasTools(t)) return;
  const identity = await makeAuthority(now);
  const sealed = await sealedBy(identity, 'The lease is agreed.');
  for (const years of [undefined, 9]) {
    const { said, isTrusted } = judged(t, sealed, rootPem(identity), years);
    assert.ok(isTrusted, said);
    assert.match(said, /CAdES Verification successful/i);
  }
  const late = judged(t, sealed, rootPem(identity), 11);
  assert.ok(!late.isTrusted);
  assert.match(late.said, /Certificate has Expired[\s\S]+certificate has expired/);
  const stranger = judged(t, sealed, rootPem(await makeAuthority(now)));
  assert.ok(!stranger.isTrusted);
  assert.match(stranger.said, /issuer isn't Trusted[\s\S]+self-signed certificate in certificate chain/);
});

test('what was sealed before a renewal and after it is trusted by the same authority', async (t) => {
  if (!hasTools(t)) return;
  const first = await makeAuthority(now);
  const second = await renewed(first, now + 8.1 * year);
  assert.notEqual(second, first);
  for (const identity of [first, second]) {
    const { said, isTrusted } = judged(t, await sealedBy(identity, 'Sealed.'), rootPem(first), 9);
    assert.ok(isTrusted, said);
  }
});

test('of several authorities in one file the right one is found', async (t) => {
  if (!hasTools(t)) return;
  const [older, newer] = [await makeAuthority(now), await makeAuthority(now)];
  for (const identity of [older, newer]) {
    const { said, isTrusted } = judged(t, await sealedBy(identity, 'Sealed.'), rootPem(newer) + rootPem(older));
    assert.ok(isTrusted, said);
  }
});

test('pyHanko, where it is installed, finds the seal trusted', async (t) => {
  const identity = await makeAuthority(now);
  const folder = mkdtempSync(join(tmpdir(), 'inlay-trust-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [sealed, root] = [join(folder, 'sealed.pdf'), join(folder, 'root.pem')];
  writeFileSync(sealed, await sealedBy(identity, 'The lease is agreed.'));
  writeFileSync(root, rootPem(identity));
  try {
    execFileSync('which', ['pyhanko'], { stdio: 'ignore' });
  } catch {
    // No Debian package has it, so that INLAY_TOOLS=required cannot ask for it.
    t.diagnostic('pyhanko is missing: no Debian package has it; what it says of the seal was not asked');
    return;
  }
  const said = execFileSync('pyhanko', ['sign', 'validate', '--no-strict-syntax', '--trust', root, '--pretty-print', sealed], {
    encoding: 'utf8',
  });
  assert.match(said, /The signature is judged VALID\./);
});
