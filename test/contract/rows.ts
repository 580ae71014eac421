import { kelviqRows } from './kelviq.ts';
import { loyvaRows } from './loyva.ts';
import { scaikeyRows } from './scaikey.ts';
import { scribelessRows } from './scribeless.ts';
import { subscribrEndpoints, subscribrRows } from './subscribr.ts';
import { templateRows } from './templates.ts';
import { vaultRows } from './vault.ts';
import { pageOf } from './world/pages.ts';
import type { Row } from './world/row.ts';

/** Every endpoint of the five pages, and the few of our own that a client of theirs finds beside them. */
export const rows: readonly Row[] = [
  ...scribelessRows,
  ...scaikeyRows,
  ...loyvaRows,
  ...vaultRows,
  ...templateRows,
  ...kelviqRows,
  ...subscribrRows,
];

const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, method = '', path = '']) => `${method} ${path}`);

/** What the pages themselves list. */
export const endpointsOfThePages = (): string[] => [
  ...found(pageOf('scribeless'), /^(POST) https:\/\/platform\.scribeless\.co(\/\S+)$/gm),
  ...found(pageOf('scribeless'), /\b(GET) (\/api\/account\/\w+)/g),
  ...found(pageOf('scaikey'), /^(GET|POST|PATCH|DELETE) (\/\S+)#$/gm),
  ...found(pageOf('loyva'), /^\| (GET|POST|PATCH) \| (\S+) \|/gm),
  ...found(pageOf('kelviq'), /--request (POST) \\\n {2}--url https:\/\/api\.kelviq\.com\/api\/v1(\S+)/g),
  ...found(pageOf('kelviq'), /\b(GET) (\/partner\/\S+\/)\./g),
  ...subscribrEndpoints,
];
