import { executeServerCommand } from '@web/test-runner-commands';
import { auditOf, calm, complaints, looks, type WithAxe } from '../widget/world/audit.ts';
import * as assert from './assert.ts';
import { inTag, mouse, type Partner, resize, until } from './page.ts';

/** What a person sees of a tag's view and does there. */

const isSeen = (node: HTMLElement): boolean => node.checkVisibility() && node.getClientRects().length > 0;
const says = (node: Element, text: string | RegExp): boolean => {
  const said = (node.textContent ?? '').replace(/\s+/g, ' ').trim();
  return typeof text === 'string' ? said === text : text.test(said);
};

/** The first that is seen of these and says so, once there is one; else the error says what the tag shows. */
export const seen = (partner: Partner, selector: string, text: string | RegExp = /^/): Promise<HTMLElement> =>
  until(() => inTag(partner, selector).find((node) => isSeen(node) && says(node, text))).catch((error: Error) => {
    throw new Error(
      `${error.message}\n${selector} ${text} is not in: ${partner.document.querySelector('inlay-widget')?.shadowRoot?.textContent}`,
    );
  });

export const heading = (partner: Partner, text: string | RegExp): Promise<HTMLElement> => seen(partner, 'h1, h2, h3', text);

/** The control with a label that begins so. */
export async function control(partner: Partner, label: string): Promise<HTMLInputElement> {
  const found = await until(() =>
    inTag(partner, 'label').find((each) => isSeen(each) && (each.textContent ?? '').trim().startsWith(label)),
  );
  return (found as HTMLLabelElement).control as HTMLInputElement;
}

/** Replaces what a control holds, as one who types there and leaves it. */
export async function fill(partner: Partner, label: string, value: string): Promise<void> {
  const field = await control(partner, label);
  field.focus();
  field.value = value;
  for (const type of ['input', 'change']) field.dispatchEvent(new partner.window.Event(type, { bubbles: true, composed: true }));
}

/** Where the middle of something lies in the window, once it rests there and nothing lies over it. */
export async function placeOf(node: HTMLElement): Promise<[x: number, y: number]> {
  let last = '';
  const { x, y } = await until(() => {
    node.scrollIntoView({ block: 'nearest' });
    const { left, top, width, height } = node.getBoundingClientRect();
    const place = { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
    const before = last;
    last = JSON.stringify([left, top, width, height]);
    const hit = (node.getRootNode() as ShadowRoot).elementFromPoint(place.x, place.y);
    return before === last && (node.contains(hit) || hit?.closest('label')?.contains(node)) ? place : undefined;
  });
  return [x, y];
}

/** Presses it, with the mouse. A press for which it has moved away meanwhile reaches nothing, and is made again. */
export async function press(node: HTMLElement): Promise<void> {
  const view = node.ownerDocument.defaultView as Window & typeof globalThis;
  const kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
  let hit: boolean | undefined;
  const watch = (event: Event): void => {
    hit ??= event.composedPath().some((each) => each === node || (each instanceof view.HTMLLabelElement && each.control === node));
    if (hit) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  do {
    hit = undefined;
    const position = await placeOf(node);
    for (const kind of kinds) view.addEventListener(kind, watch, true);
    await mouse('click', position);
    for (const kind of kinds) view.removeEventListener(kind, watch, true);
  } while (!hit);
}

export const type = (text: string): Promise<void> => executeServerCommand('send-keys', { type: text });

export const saved = (partner: Partner): Promise<HTMLElement> => seen(partner, '[part=saved]', /^Saved/);

/** Until it has the focus inside the tag. */
export const focused = (node: HTMLElement): Promise<unknown> => until(() => (node.getRootNode() as ShadowRoot).activeElement === node);

/** Answers that pass every rule of the default flow. */
export async function fillDetails(partner: Partner, email: string): Promise<void> {
  await fill(partner, 'Registered name', 'Nordin Tryck & Papper AB');
  await fill(partner, 'Country', 'SE');
  await fill(partner, 'Registration number', '556912-4471');
  await fill(partner, 'City', 'Göteborg');
  await fill(partner, 'First name', 'Ada');
  await fill(partner, 'Last name', 'Nordin');
  await fill(partner, 'Work e-mail', email);
  await press(await control(partner, 'I may sign for this company'));
}

/**
 * Looks at the page as it is now: wide and narrow, light and dark. Each look is an audit by axe (WCAG 2.2 A and AA) that must find nothing, and
 * nothing may stick out sideways; with INLAY_SCREENSHOTS=1 also a picture in test/screenshots. Leaves the page as wide as it was.
 */
export async function look(partner: Partner, name: string): Promise<void> {
  const { document, frame, window } = partner;
  const before = { width: frame.clientWidth, height: frame.clientHeight };
  // The debugger may know the frame by the document that it had before.
  while (!('axe' in window)) await executeServerCommand('bring-axe');
  for (const { width, colorScheme } of looks) {
    resize(frame, { width, height: 900 });
    await executeServerCommand('emulate-media', { colorScheme, reducedMotion: 'reduce' });
    await calm(window);
    await executeServerCommand('picture', { name: `${name}-${width}-${colorScheme}`, width, height: 900 });
    const { violations } = await (window as unknown as WithAxe).axe.run(document, auditOf(colorScheme));
    assert.deepEqual(complaints(violations), [], `${name} at ${width} px, ${colorScheme}`);
    const page = document.documentElement;
    assert.equal(page.scrollWidth - page.clientWidth, 0, `${name} at ${width} px sticks out`);
  }
  resize(frame, before);
}
