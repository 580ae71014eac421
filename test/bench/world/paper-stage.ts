import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../browser.ts';
import type { Desks } from '../../widget/paper/desks.ts';
import { openPaperPages } from '../../widget/paper/paper-page.ts';

declare global {
  interface Window {
    desks: Desks;
  }
}

const types: Record<string, string> = { pdf: 'application/pdf', mjs: 'text/javascript', css: 'text/css' };

/** The pages with desks on an origin of their own, and a browser in which each page was never visited. */
export class PaperStage {
  /** Served under `/paper/files/`. */
  readonly files = new Map<string, Uint8Array>();
  #pages!: Awaited<ReturnType<typeof openPaperPages>>;
  #browser!: Browser;
  #origin = '';
  readonly #host = createServer((request, response) => void this.#answer(new URL(request.url ?? '/', 'http://host'), response));

  async open(): Promise<void> {
    this.#pages = await openPaperPages();
    this.#browser = await openBrowser();
    await new Promise<void>((resolve) => this.#host.listen(0, '127.0.0.1', resolve));
    this.#origin = `http://127.0.0.1:${(this.#host.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#host.closeAllConnections();
    this.#host.close();
    await this.#pages?.close();
  }

  async page({ policy = {} }: { policy?: Record<string, string> } = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 900, height: 800 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${this.#origin}/paper/page?${new URLSearchParams({ policy: JSON.stringify(policy) })}`);
    return page;
  }

  async #answer(url: URL, response: ServerResponse): Promise<void> {
    const file = this.files.get(url.pathname.replace('/paper/files/', ''));
    if (file) return void response.setHeader('content-type', types[url.pathname.split('.').at(-1) ?? ''] ?? '').end(file);
    const answer = await this.#pages.answer(url);
    if (answer) response.writeHead(200, answer.headers).end(answer.body);
    else response.writeHead(404).end();
  }
}
