import { html, render, type TemplateResult } from 'lit/html.js';
import type { VaultView } from '../../shared/vault.ts';
import { endingView } from '../parts/ending.ts';
import type { Ending } from '../parts/lost.ts';
import { asLinkError, type LinkError } from '../session/link-error.ts';
import { type VaultCalls, vaultOf } from '../session/vault.ts';
import base from '../styles/base.css?inline';
import tokens from '../styles/tokens.css?inline';
import { vault as sentences } from '../text/en/vault.ts';
import { Words } from '../text/words.ts';
import { adopt } from '../theme.ts';
import page from './vault.css?inline';
import { recordOf } from './vault-record.ts';

const lost: Ending = { name: 'vault-lost', turn: 'you', retryable: true };
const wrong: Ending = { name: 'vault-wrong', turn: 'you', retryable: false };

/** Refusals that no second try changes. */
const endings: Partial<Record<LinkError['code'], Ending>> = {
  'token-expired': { name: 'vault-expired', turn: 'you', retryable: false },
  'token-invalid': wrong,
  unauthenticated: wrong,
};
const refused: Ending = { name: 'vault-refused', turn: 'other', retryable: false };

/** `internal` is the vault's own word where it answers 500; a server between here and there says other numbers, and nothing. */
const endingOf = ({ code, status }: LinkError): Ending => (code === 'internal' && status === 500 ? refused : (endings[code] ?? lost));

/** Shows the record of one vaulted envelope, and gives out its copy. */
export class VaultPage {
  readonly #words = new Words(document.documentElement.lang || 'en');
  readonly #root: ShadowRoot;
  readonly #calls: VaultCalls;
  #record: VaultView | undefined;
  #trouble: LinkError | undefined;
  #saving = false;
  #said: string;

  constructor(mount: HTMLElement, token: string) {
    Words.learn(sentences);
    this.#said = this.#words.say('vault.loading');
    this.#root = mount.attachShadow({ mode: 'open' });
    this.#calls = vaultOf(location.origin, token);
    adopt(this.#root, tokens, base, page);
    void this.#load();
  }

  async #load(): Promise<void> {
    this.#trouble = undefined;
    this.#draw();
    const record = await this.#calls.record().catch((thrown: unknown) => this.#end(asLinkError(thrown)));
    if (!record) return;
    this.#record = record;
    document.title = record.name ?? this.#words.say('vault.title');
    this.#said = '';
    this.#draw();
  }

  async #save(): Promise<void> {
    this.#saving = true;
    this.#draw();
    const bytes = await this.#calls.copy().catch((thrown: unknown) => this.#end(asLinkError(thrown)));
    this.#saving = false;
    if (bytes && this.#record) save(bytes, `${this.#record.envelope_id}_copy.pdf`);
    if (this.#trouble) this.#root.getElementById('title')?.focus();
    else await this.#load();
    this.#said = bytes ? this.#words.say('vault.saved') : '';
    this.#draw();
  }

  #end(error: LinkError): undefined {
    this.#trouble = error;
    this.#said = this.#words.find(`end.${endingOf(error).name}.title`) ?? '';
    this.#draw();
  }

  #draw(): void {
    render(html`<div class="panel" role="main"><p class="hush" role="status">${this.#said}</p>${this.#body()}</div>`, this.#root);
  }

  #body(): TemplateResult {
    const words = this.#words;
    if (this.#trouble) return endingView(words, endingOf(this.#trouble), this.#trouble, '', 1, () => void this.#load());
    if (this.#record) return recordOf(words, this.#record, { saving: this.#saving, save: () => void this.#save() });
    return html`<div class="centre skeleton" aria-busy="true"><div class="bones" aria-hidden="true"><i></i><i></i><i></i></div></div>`;
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
