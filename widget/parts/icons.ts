import { svg, type TemplateResult } from 'lit/html.js';

/** Drawn on a 20 px grid, 1.5 px stroke. Icons say nothing by themselves: each stands beside its word. */
const paths = {
  check: 'm4.5 10.5 3.6 3.6 7.4-8.2',
  down: 'm5.5 8 4.5 4.5L14.5 8',
  alert: 'M17.25 10a7.25 7.25 0 1 1-14.5 0 7.25 7.25 0 0 1 14.5 0ZM10 6.2v4.6M10 13.6v.1',
  clock: 'M17.25 10a7.25 7.25 0 1 1-14.5 0 7.25 7.25 0 0 1 14.5 0ZM10 5.8V10l2.8 1.7',
  next: 'M4 10h12M11.2 5.2 16 10l-4.8 4.8',
  off: 'M3 3l14 14M6 9.3a6 6 0 0 1 2-1.2M2.8 6.8A10.5 10.5 0 0 1 5 5.3M8.6 4.2a10.6 10.6 0 0 1 8.6 2.6M12.5 8.4c.6.3 1.1.6 1.6 1M10 15.2v.1',
  lock: 'M5 9h10v7.5H5ZM7 9V6.5a3 3 0 0 1 6 0V9',
  tabs: 'M3.5 7.5h9v9h-9ZM7.5 7.5v-4h9v9h-4',
};

export type Icon = keyof typeof paths;

/** One path as an icon. `kind`: `s` is the 16 px size, `flip` turns with the direction of reading. */
export const drawn = (path: string, kind = ''): TemplateResult =>
  svg`<svg class="icon icon-${kind}" viewBox="0 0 20 20" aria-hidden="true"><path d=${path}></path></svg>`;

export const icon = (name: Icon, kind?: string): TemplateResult => drawn(paths[name], kind);
