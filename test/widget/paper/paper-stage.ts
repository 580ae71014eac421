import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { tag } from '../../../vite.config.ts';
import type { Paper, PaperFault } from '../../../widget/views/signing/paper/paper.ts';
import { openBrowser } from '../../browser.ts';
import { type StartedGateway, startGateway } from '../../start-gateway.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Setting {
  /** Replaces parts of the policy that the element promises to run in, by directive; an empty value leaves the directive out. */
  readonly policy?: Record<string, string>;
  readonly dir?: 'ltr' | 'rtl';
  /** Device pixels per CSS pixel. */
  readonly dots?: number;
  readonly viewport?: { width: number; height: number };
  readonly prepare?: (page: Page) => Promise<unknown>;
}

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
}

declare global {
  interface Window {
    desks: Desks;
  }
}

const types: Record<string, string> = { pdf: 'application/pdf', mjs: 'text/javascript', css: 'text/css' };

/** Runs in the host page; `gateway` is the other origin. Written out as text: nothing of the tests' own scope is there. */
function hostScript(gateway: string): string {
  return `
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
    const bytes = fetch('/files/' + file).then(async (answer) => new Uint8Array(await answer.arrayBuffer()));
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
document.documentElement.dataset.ready = '';
`;
}

/** As the product is built, with the view's paper as an entry and without the compressed forms, which take seconds to make. */
async function buildPaper(outDir: string): Promise<void> {
  const { build: settings, plugins = [], ...rest } = tag;
  await build({
    ...rest,
    configFile: false,
    root,
    logLevel: 'error',
    plugins: (plugins as Plugin[]).filter(({ name }) => name !== 'brotli-files'),
    build: {
      ...settings,
      outDir,
      emptyOutDir: true,
      lib: { entry: { paper: 'widget/views/signing/paper/paper.ts' }, formats: ['es'] },
      rolldownOptions: { output: { ...settings?.rolldownOptions?.output, entryFileNames: 'chunks/[name].js' } },
    },
  });
}

/** A gateway that serves a build with paper as a module of its own, a partner's page on another origin, and a browser. */
export class PaperStage {
  gateway!: StartedGateway;
  /** Served by the host under `/files/`. */
  readonly files = new Map<string, Uint8Array>();
  #folder = '';
  #origin = '';
  #browser!: Browser;
  #policy = '';
  #dir = 'ltr';
  readonly #host = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const file = this.files.get(pathname.replace('/files/', ''));
    if (file) response.setHeader('content-type', types[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream').end(file);
    else if (pathname === '/host.js') response.setHeader('content-type', 'text/javascript').end(hostScript(this.gateway.url));
    else
      response
        .setHeader('content-security-policy', this.#policy)
        .setHeader('content-type', 'text/html; charset=utf-8')
        .end(
          `<!doctype html><html lang="en" dir="${this.#dir}"><meta charset="utf-8"><title>A partner's page</title><script type="module" src="/host.js"></script><body><main></main></body></html>`,
        );
  });

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'inlay-paper-'));
    await buildPaper(this.#folder);
    this.gateway = await startGateway({ assets: this.#folder });
    this.#browser = await openBrowser();
    await new Promise<void>((resolve) => this.#host.listen(0, '127.0.0.1', resolve));
    this.#origin = `http://127.0.0.1:${(this.#host.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#host.closeAllConnections();
    this.#host.close();
    await this.gateway?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A new page of the partner's, with its script run. */
  async page({ policy = {}, dir = 'ltr', dots = 1, viewport = { width: 900, height: 800 }, prepare }: Setting = {}): Promise<Page> {
    const gateway = this.gateway.url;
    const directives: Record<string, string> = {
      'default-src': "'none'",
      'script-src': `${gateway} 'self'`,
      'connect-src': `${gateway} 'self'`,
      'worker-src': 'blob:',
      'require-trusted-types-for': "'script'",
      ...policy,
    };
    this.#policy = Object.entries(directives)
      .filter(([, value]) => value)
      .map((pair) => pair.join(' '))
      .join('; ');
    this.#dir = dir;
    const context = await this.#browser.newContext({ viewport, deviceScaleFactor: dots });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await prepare?.(page);
    await page.goto(`${this.#origin}/`);
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    return page;
  }
}

export const drawn = (page: Page, number: number, desk = 0): Promise<unknown> =>
  page.waitForFunction(([desk, number]) => window.desks.drawn(desk, number), [desk, number] as const);

/** The page's text once pdf.js has laid it over the picture. */
export async function textOf(page: Page, number = 0, desk = 0): Promise<string> {
  const text = await page.waitForFunction(
    ([desk, number]) => window.desks.roots[desk]?.querySelectorAll('.sheet')[number]?.querySelector('.textLayer')?.textContent,
    [desk, number] as const,
  );
  return String(await text.jsonValue());
}

/** The colour of a place of the drawn page, in fractions of it: [red, green, blue]. */
export const colourAt = (page: Page, x: number, y: number, number = 0): Promise<number[]> =>
  page.evaluate(
    ([x, y, number]) => {
      const canvas = window.desks.roots[0]?.querySelectorAll('.sheet')[number]?.querySelector('canvas') as HTMLCanvasElement;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      return [...context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data.slice(0, 3)];
    },
    [x, y, number] as const,
  );

/** Where the ink of the drawn page is, in fractions of it. */
export const inkOf = (page: Page, number = 0) =>
  page.evaluate((number) => {
    const canvas = window.desks.roots[0]?.querySelectorAll('.sheet')[number]?.querySelector('canvas') as HTMLCanvasElement;
    const { width, height } = canvas;
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, width, height);
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
  }, number);

export const violations = (page: Page): Promise<string[]> => page.evaluate(() => window.desks.violations);
