import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod/mini';
import { type Secrets, SettingsError } from '../config.ts';

/** What `npm start` leaves for a newcomer and for the command line: addresses and keys, readable by this user only (0600). */
export const DemoFile = z.object({
  gatewayUrl: z.string(),
  platformUrl: z.string(),
  portalUrl: z.string(),
  partnerId: z.string(),
  partnerKey: z.string(),
  adminToken: z.string(),
  vendorKeys: z.object({ scribeless: z.string(), kelviq: z.string(), loyva: z.string(), subscribr: z.string() }),
});
export type DemoFile = z.infer<typeof DemoFile>;

export async function readDemoFile(dataDir: string): Promise<DemoFile | undefined> {
  const text = await readFile(join(dataDir, 'demo.json'), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : DemoFile.parse(JSON.parse(text));
  } catch {
    // A damaged file is made anew from the databases, with new keys.
    return undefined;
  }
}

export async function writeDemoFile(dataDir: string, demo: DemoFile): Promise<void> {
  const unfinished = join(dataDir, `.demo.${process.pid}.json`);
  await writeFile(unfinished, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(unfinished, join(dataDir, 'demo.json'));
}

/** The key in `<data>/<name>.key`, made at the first start of the demo. */
export async function keptKey(dataDir: string, name: 'master' | 'platform', say: (line: string) => void): Promise<Uint8Array> {
  const file = join(dataDir, `${name}.key`);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const made = await open(file, 'wx', 0o600).catch(() => undefined);
  if (made) {
    await made.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await made.sync();
    await made.close();
    say(
      `Warning: made ${name}.key in the data folder. Outside of the demo, keys come from ${name === 'master' ? 'INLAY_MASTER_KEY' : 'INLAY_PLATFORM_KEY'}.`,
    );
  }
  return decodeKey(await readFile(file, 'utf8'), `${name}.key`);
}

/** The demo's key of that name, where there is one. */
export async function findKey(dataDir: string, name: 'master' | 'platform'): Promise<Uint8Array | undefined> {
  const text = await readFile(join(dataDir, `${name}.key`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : decodeKey(text, `${name}.key`);
}

/** The master key as set, directly or by file. */
export async function masterKeyOf({ masterKey, masterKeyFile }: Secrets): Promise<Uint8Array> {
  if (masterKey) return masterKey;
  if (!masterKeyFile) throw new SettingsError(['INLAY_MASTER_KEY (or INLAY_MASTER_KEY_FILE) is missing: 32 random bytes in base64url']);
  const text = await readFile(masterKeyFile, 'utf8').catch(() => {
    throw new SettingsError(['INLAY_MASTER_KEY_FILE cannot be read']);
  });
  return decodeKey(text, 'INLAY_MASTER_KEY_FILE');
}

function decodeKey(text: string, name: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== 32) throw new SettingsError([`${name} must hold 32 bytes in base64url`]);
  return key;
}
