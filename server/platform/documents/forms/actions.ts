import { PDFArray, PDFDict, PDFName, type PDFObject } from '@cantoo/pdf-lib';
import type { Edits } from '../pdf/edits.ts';
import { dictIn, nameIn, valueIn } from '../pdf/walk.ts';
import { isWebAddress, runsScript } from './active-content.ts';

const keys = { GoTo: ['S', 'D'], URI: ['S', 'URI'] } as const;

/**
 * The action under this key, if it leads to a place in the document or to an address of the web; every other is taken out, and what follows
 * an action too. One that runs a script stays, to be refused.
 */
export function keepHarmless(edits: Edits, dict: PDFDict, key: string): void {
  const action = valueIn(dict, key);
  if (action === undefined || action instanceof PDFArray || runsScript(action)) return;
  if (!(action instanceof PDFDict) || !isHarmless(action)) {
    edits.remove(dict, key);
    edits.warn('actions', action instanceof PDFDict ? nameIn(action, 'S') : undefined);
    return;
  }
  const kept: readonly string[] = keys[nameIn(action, 'S') as keyof typeof keys];
  for (const name of action.keys())
    if (!kept.includes(name.decodeText()) && name !== PDFName.of('Type')) edits.remove(action, name.decodeText());
}

function isHarmless(action: PDFDict): boolean {
  const type = nameIn(action, 'S');
  return type === 'GoTo' ? valueIn(action, 'D') !== undefined : type === 'URI' && isWebAddress(valueIn(action, 'URI'));
}

/** Actions that run by themselves (12.6.3): gone, but for scripts, which are refused. */
export function removeTriggers(edits: Edits, dict: PDFDict): void {
  const triggers = dictIn(dict, 'AA');
  if (triggers?.values().some((action) => runsScript(edits.context.lookup(action) as PDFObject | undefined))) return;
  edits.remove(dict, 'AA');
  if (triggers) edits.warn('actions', 'AA');
}
