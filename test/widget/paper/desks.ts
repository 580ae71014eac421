import type { Paper, PaperFault } from '../../../widget/views/signing/paper/paper.ts';

/** What the host page's script offers to a test: desks in shadow roots, each with a Paper on it. */
export interface Desks {
  /** Opens the file that the host serves under this name; gives the desk's number, or why there is none. */
  open(file: string, options?: { scale?: number; worker?: 'none'; height?: number; show?: boolean }): Promise<number | PaperFault>;
  readonly papers: Paper[];
  readonly roots: ShadowRoot[];
  readonly desks: HTMLElement[];
  readonly told: { current: number[]; seen: number[]; failed: number[] }[];
  /** Violations of the page's policy. */
  readonly violations: string[];
  /** What was put into the page outside of the desks' host elements, and what of it is still there. */
  readonly strangers: Element[];
  /** Resizes the sheets as a view does, then tells the paper. */
  zoom(desk: number, scale: number): void;
  /** True when a picture of this page lies on its sheet. */
  drawn(desk: number, page: number): boolean;
  /** Opens the file with another copy of the script, and says how many pages it has. */
  openWithCopy(copy: string, file: string): Promise<number>;
}

/** The script of the page that a paper lies on; `gateway` is the other origin. */
export const deskScript = (gateway: string): string => `
import { Paper, PaperError, styles } from '${gateway}/chunks/paper.js';
const desks = (window.desks = { papers: [], roots: [], desks: [], told: [], violations: [], strangers: [] });
document.addEventListener('securitypolicyviolation', (event) => desks.violations.push(event.effectiveDirective + ' ' + event.blockedURI));
new MutationObserver((records) => {
  for (const { addedNodes } of records)
    for (const node of addedNodes) if (node instanceof Element && node.localName !== 'x-desk') desks.strangers.push(node);
}).observe(document, { childList: true, subtree: true });
const size = (paper, sheet, page, scale) => {
  sheet.style.width = paper.pages[page].width * scale + 'px';
  sheet.style.height = paper.pages[page].height * scale + 'px';
};
desks.open = async (file, { scale = 1, worker, height = 600, show = true } = {}) => {
  let paper;
  try {
    const bytes = fetch('files/' + file).then(async (answer) => new Uint8Array(await answer.arrayBuffer()));
    paper = await Paper.open(bytes, { assets: '${gateway}/', worker });
  } catch (error) {
    if (error instanceof PaperError) return error.code;
    throw error;
  }
  const host = document.createElement('x-desk');
  const root = host.attachShadow({ mode: 'open' });
  for (const text of ['.desk{overflow:auto;background:#ddd;padding:12px}.sheet{position:relative;margin:0 auto 16px;background:#fff}', styles]) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets.push(sheet);
  }
  const desk = document.createElement('div');
  desk.className = 'desk';
  desk.style.height = height + 'px';
  const sheets = paper.pages.map((_, page) => {
    const sheet = document.createElement('div');
    sheet.className = 'sheet';
    size(paper, sheet, page, scale);
    return sheet;
  });
  desk.append(...sheets);
  root.append(desk);
  document.querySelector('main').append(host);
  const told = { current: [], seen: [], failed: [] };
  const number = desks.papers.push(paper) - 1;
  desks.roots.push(root);
  desks.desks.push(desk);
  desks.told.push(told);
  paper.setScale(scale);
  if (show) paper.show(desk, sheets, {
    current: (page) => told.current.push(page),
    seen: (page) => told.seen.push(page),
    failed: (page) => told.failed.push(page),
  });
  return number;
};
desks.zoom = (number, scale) => {
  desks.roots[number].querySelectorAll('.sheet').forEach((sheet, page) => size(desks.papers[number], sheet, page, scale));
  desks.papers[number].setScale(scale);
};
desks.drawn = (number, page) => !!desks.roots[number].querySelectorAll('.sheet')[page]?.querySelector('canvas');
desks.openWithCopy = async (copy, file) => {
  const { Paper } = await import('${gateway}/chunks/paper.js?' + copy);
  const bytes = await fetch('files/' + file).then((answer) => answer.arrayBuffer());
  return (await Paper.open(new Uint8Array(bytes), { assets: '${gateway}/' })).pages.length;
};
`;
