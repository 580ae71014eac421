import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import type { Problem } from '../../shared/problem.ts';
import type { VaultView } from '../../shared/vault.ts';
import { quiet, title } from '../parts/pieces.ts';
import base from '../styles/base.css?inline';
import tokens from '../styles/tokens.css?inline';
import { adopt } from '../theme.ts';
import page from './vault.css?inline';
import { recordOf } from './vault-record.ts';
import { endings, words } from './vault-words.ts';

const path = '/api/v2/embed/vault';
type Ending = keyof typeof endings;

/** Refusals that no second try changes. */
const endingOf: Readonly<Record<string, Ending>> = {
  'token-expired': 'expired',
  'token-invalid': 'wrong',
  unauthenticated: 'wrong',
  internal: 'refused',
};

/** Shows the record of one vaulted envelope, and gives out its copy. */
export class VaultPage {
  readonly #root: ShadowRoot;
  readonly #token: string;
  #record: VaultView | undefined;
  #ending: Ending | undefined;
  #saving = false;
  #said: string = words.loading;

  constructor(mount: HTMLElement, token: string) {
    this.#root = mount.attachShadow({ mode: 'open' });
    this.#token = token;
    adopt(this.#root, tokens, base, page);
    void this.#load();
  }

  async #load(): Promise<void> {
    this.#ending = undefined;
    this.#draw();
    const answer = await this.#ask('');
    if (!answer) return;
    this.#record = (await answer.json()) as VaultView;
    document.title = this.#record.name ?? words.title;
    this.#said = '';
    this.#draw();
  }

  async #save(): Promise<void> {
    this.#saving = true;
    this.#draw();
    const answer = await this.#ask('/copy');
    const bytes = await answer?.blob().catch(() => undefined);
    this.#saving = false;
    if (bytes && this.#record) save(bytes, `${this.#record.envelope_id}_copy.pdf`);
    if (this.#ending) this.#root.getElementById('title')?.focus();
    else await this.#load();
    this.#said = bytes ? words.saved : '';
    this.#draw();
  }

  /** Nothing when it was refused, or not answered: then the page says so. */
  async #ask(what: string): Promise<Response | undefined> {
    try {
      const answer = await fetch(path + what, { headers: { Authorization: `Bearer ${this.#token}` }, cache: 'no-store' });
      if (answer.ok) return answer;
      const { code = '' } = (await answer.json()) as Partial<Problem>;
      // The copy left while the page was open: the record says where to.
      if (what !== '' && code === 'copy-released') return undefined;
      this.#end(endingOf[code] ?? 'lost');
    } catch {
      this.#end('lost');
    }
    return undefined;
  }

  #end(ending: Ending): void {
    this.#ending = ending;
    this.#said = endings[ending].title;
    this.#draw();
  }

  #draw(): void {
    render(html`<div class="panel" role="main"><p class="hush" role="status">${this.#said}</p>${this.#body()}</div>`, this.#root);
  }

  #body(): TemplateResult {
    if (this.#ending) return this.#ended(this.#ending);
    if (this.#record) return recordOf(this.#record, { saving: this.#saving, save: () => void this.#save() });
    return html`<div class="centre skeleton" aria-busy="true"><div class="bones" aria-hidden="true"><i></i><i></i><i></i></div></div>`;
  }

  #ended(ending: Ending): TemplateResult {
    return html`<section class="centre" aria-labelledby="title">
      <div class="said">${title(endings[ending].title, 1)}<p class="lead">${endings[ending].text}</p></div>
      ${ending === 'lost' ? html`<div class="actions">${quiet(words.again, () => void this.#load())}</div>` : nothing}
    </section>`;
  }
}

function save(bytes: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
