import type { CeremonyView } from '../../../shared/signing/ceremony.ts';
import type { FieldValue } from '../../../shared/signing/fields.ts';
import type { CeremonyCalls } from '../../session/ceremony.ts';
import { asLinkError, type LinkError } from '../../session/link-error.ts';

/** A field with its answer; null where it has none. */
export type Field = Omit<CeremonyView['fields'][number], 'value'> & { readonly value: FieldValue | null };
/** The server's view of the ceremony, with the answers as this page knows them. */
export type Ceremony = Omit<CeremonyView, 'fields'> & { readonly fields: readonly Field[] };

/** What is shown: which of the ceremony's states it is for the signer who asks. */
export type Scene =
  | 'consent'
  | 'opening'
  | 'unopened'
  | 'sign'
  | 'waiting'
  | 'signed'
  | 'sealing'
  | 'completed'
  | 'declined'
  | 'voided'
  | 'expired';

/** The scene of a ceremony before anything of this page is known: `opening` stands for the document in all its states. */
export function sceneOf({ state, you, consent }: Ceremony): Scene {
  if (state === 'finishing') return 'sealing';
  if (state !== 'open') return state;
  if (you.state === 'signed') return 'signed';
  if (!you.turn) return 'waiting';
  return consent.given_at ? 'opening' : 'consent';
}

/**
 * `read`: the server told how it stands; `before` is the scene until then. `document`: it lies open, or it is known why not. `refused`: the
 * ceremony could not be read, by a refusal. `changed`: something of this page's own is another than it was.
 */
export type News =
  | { readonly kind: 'read'; readonly before: Scene | undefined }
  | { readonly kind: 'refused'; readonly error: LinkError }
  | { readonly kind: 'document' | 'changed' };

/** A ceremony: as the server told it last, with what this page has added since. No DOM. */
export class CeremonyState {
  readonly calls: CeremonyCalls;
  /** What became of the document in this page; undefined while it is not there. */
  document: 'sign' | 'unopened' | undefined;
  readonly #listeners = new Set<(news: News) => void>();
  #view!: Ceremony;

  constructor(calls: CeremonyCalls) {
    this.calls = calls;
  }

  /** Undefined until it was read once. */
  get view(): Ceremony {
    return this.#view;
  }

  get revision(): number {
    return this.#view.revision;
  }

  get scene(): Scene {
    const scene = sceneOf(this.#view);
    return scene === 'opening' ? (this.document ?? scene) : scene;
  }

  /** Pages that must be read and were not shown yet; they count from 1. */
  get unread(): number[] {
    const { required_reading, document, pages_seen } = this.#view;
    return required_reading ? document.pages.map((_, i) => i + 1).filter((page) => !pages_seen.includes(page)) : [];
  }

  /** Listeners are told in the order in which they came. Answers a function that ends it. */
  subscribe(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the server how it stands; rejects when it could not be read. */
  async read(): Promise<void> {
    try {
      this.take(await this.calls.state());
    } catch (thrown) {
      const error = asLinkError(thrown);
      if (!error.unclear) this.#tell({ kind: 'refused', error });
      throw error;
    }
  }

  /** Takes what the server tells, unless something newer was already told. */
  take(view: CeremonyView): void {
    const same = this.#view?.envelope_id === view.envelope_id;
    if (same && view.revision < this.revision) return;
    const before = this.#view && this.scene;
    const seen = same ? this.#view.pages_seen : [];
    this.#view = { ...view, pages_seen: [...new Set([...view.pages_seen, ...seen])] };
    this.#tell({ kind: 'read', before });
  }

  /** The server kept these answers, by field id. */
  keep(values: Readonly<Record<string, FieldValue | null>>, revision: number, saved_at: string): void {
    const fields = this.#view.fields.map((field) => (field.id in values ? { ...field, value: values[field.id] ?? null } : field));
    this.#view = { ...this.#view, fields, revision, saved_at };
    this.changed();
  }

  /** Pages were shown for long enough to be read. */
  async see(pages: readonly number[]): Promise<void> {
    const fresh = pages.filter((page) => !this.#view.pages_seen.includes(page));
    if (!fresh.length || this.#view.state !== 'open') return;
    this.#view = { ...this.#view, pages_seen: [...this.#view.pages_seen, ...fresh] };
    this.changed();
    // Lost, they are told again before the end, where it matters.
    await this.calls.pages(fresh).catch(() => undefined);
  }

  /** The document is there, or it is known why not. */
  brought(): void {
    this.#tell({ kind: 'document' });
  }

  changed(): void {
    this.#tell({ kind: 'changed' });
  }

  #tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }
}
