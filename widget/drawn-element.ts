import { render, type TemplateResult } from 'lit/html.js';

/** A server has no HTMLElement; there the classes can be imported, and nothing more. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? class {};

/**
 * An element drawn by a Lit template, once per microtask. LitElement does this too, for a tenth of the bytes that a first view may cost;
 * here one element is all there is. Subclasses name their `properties`, `declare` them, and observe attributes of the same names.
 */
export abstract class DrawnElement extends Base {
  static properties: readonly string[] = [];
  readonly #values: Record<string, unknown> = {};
  #due: Promise<void> | undefined;

  constructor() {
    super();
    for (const name of new.target.properties) {
      // Own properties: one that was set before the class was known would hide an accessor of the prototype.
      this.#values[name] = Object.getOwnPropertyDescriptor(this, name)?.value;
      Object.defineProperty(this, name, {
        configurable: true,
        enumerable: true,
        get: () => this.#values[name],
        set: (value: unknown) => {
          const old = this.#values[name];
          if (value === old) return;
          this.#values[name] = value;
          this.changed(name, old);
          this.requestUpdate();
        },
      });
    }
  }

  /** Settles when what was asked for is drawn. */
  get updateComplete(): Promise<void> {
    return this.#due ?? Promise.resolve();
  }

  requestUpdate(): void {
    this.#due ??= Promise.resolve().then(() => {
      this.#due = undefined;
      render(this.render(), this.shadowRoot as ShadowRoot);
      this.updated();
    });
  }

  attributeChangedCallback(attribute: string, _old: string | null, value: string | null): void {
    const name = attribute.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    Object.assign(this, { [name]: value ?? undefined });
  }

  protected abstract changed(name: string, old: unknown): void;
  protected abstract updated(): void;
  protected abstract render(): TemplateResult;
}
