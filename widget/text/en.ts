import { details } from './en/details.ts';
import { endings } from './en/endings.ts';
import { link } from './en/link.ts';
import { progress } from './en/progress.ts';
import { rules } from './en/rules.ts';
import { shell } from './en/shell.ts';
import { signing } from './en/signing.ts';
import { vault } from './en/vault.ts';
import { vendorPage } from './en/vendor-page.ts';

/**
 * Every sentence of the element, in English: the list that every other language and a partner's overrides follow. `{name}` is filled in; an
 * object is chosen by the plural rules of the language for `{n}`. It is in parts so that what a page needs later is sent later.
 */
export const en = { ...shell, ...details, ...rules, ...progress, ...signing, ...vendorPage, ...link, ...vault, ...endings };
