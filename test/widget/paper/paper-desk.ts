import { openFrame, type Partner, until } from '../../elements/page.ts';
import type { Desks } from './desks.ts';

export interface Setting {
  /** Replaces parts of the policy that the element promises to run in, by directive; an empty value leaves the directive out. */
  readonly policy?: Record<string, string>;
  readonly dir?: 'ltr' | 'rtl';
  /** The page's browser is as old as any that we serve. */
  readonly older?: boolean;
}

/** A partner's page whose script has run, and what that offers. */
export interface DeskPage extends Partner {
  readonly desks: Desks;
}

export async function openDesks({ policy = {}, dir = 'ltr', older = false }: Setting = {}): Promise<DeskPage> {
  const query = new URLSearchParams({ policy: JSON.stringify(policy), dir, ...(older ? { older: '' } : {}) });
  const partner = await openFrame(`/paper/page?${query}`, { width: 900, height: 800 });
  return { ...partner, desks: (partner.window as unknown as { desks: Desks }).desks };
}

export const drawn = ({ desks }: DeskPage, number: number, desk = 0): Promise<unknown> => until(() => desks.drawn(desk, number));

export const sheetOf = ({ desks }: DeskPage, number = 0, desk = 0): HTMLElement | undefined =>
  desks.roots[desk]?.querySelectorAll<HTMLElement>('.sheet')[number];

export const canvasOf = (page: DeskPage, number = 0, desk = 0) => sheetOf(page, number, desk)?.querySelector('canvas');

/** The page's text once pdf.js has laid it over the picture. */
export const textOf = (page: DeskPage, number = 0, desk = 0): Promise<string> =>
  until(() => sheetOf(page, number, desk)?.querySelector('.textLayer')?.textContent);

function pixelsOf(page: DeskPage, number: number) {
  const canvas = canvasOf(page, number) as HTMLCanvasElement;
  return { canvas, context: canvas.getContext('2d') as CanvasRenderingContext2D };
}

/** The colour of a place of the drawn page, in fractions of it: [red, green, blue]. */
export function colourAt(page: DeskPage, x: number, y: number, number = 0): number[] {
  const { canvas, context } = pixelsOf(page, number);
  return [...context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data.slice(0, 3)];
}

/** Where the ink of the drawn page is, in fractions of it. */
export function inkOf(page: DeskPage, number = 0) {
  const { canvas, context } = pixelsOf(page, number);
  const { width, height } = canvas;
  const { data } = context.getImageData(0, 0, width, height);
  const box = { left: 1, top: 1, right: 0, bottom: 0 };
  for (let i = 0; i < data.length; i += 4) {
    if ((data[i] ?? 255) > 128) continue;
    const [x, y] = [((i / 4) % width) / width, Math.floor(i / 4 / width) / height];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}
