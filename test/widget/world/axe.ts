import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The program that audits a page; the debugger brings it, since a script tag would be refused by the page's own policy. */
export const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
