import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Asset, Assets } from './http/answer/static.ts';
import { changedAt, newestIn } from './platform/documents/intake/intake-program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the package is made of. */
const sources = ['widget', 'shared', 'server/pack', 'vite.config.ts', 'package.json'];

/**
 * The package that partners install, at `<version>/inlay-<version>.tgz`. `npm run build` makes it; where it is missing or older than its sources it
 * is made when somebody asks for it, once, in a process of its own: a start does not wait for it. That needs TypeScript, as `npm ci` installs it;
 * without, what was built before is given all the same.
 */
export function openNpmPackage(): Assets {
  let building: Promise<unknown> | undefined;
  let reading: Promise<Asset> | undefined;
  const read = async (file: string): Promise<Asset> => {
    const built = changedAt(file) ?? 0;
    if (sources.some((source) => newestIn(join(root, source)) > built)) building ??= build();
    const fault = await building?.then(
      () => undefined,
      (error: unknown) => error,
    );
    const plain = await readFile(file).catch(() => {
      throw new Error('The package for partners is not built. Run "npm run build".', { cause: fault });
    });
    return {
      plain,
      brotli: undefined,
      type: 'application/gzip',
      etag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
    };
  };
  return {
    async find(name) {
      const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
      if (name !== `${version}/inlay-${version}.tgz`) return undefined;
      // Once it is read it stays as it is: nobody may get two packages of one version.
      reading ??= read(join(root, `dist/inlay-${version}.tgz`));
      reading.catch(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

/** What fails is not tried again: the same sources would fail again, and anybody may ask. */
const build = (): Promise<unknown> =>
  promisify(execFile)(process.execPath, ['--import', join(root, 'server/node.js'), join(root, 'server/pack/npm-package.child.ts')]);
