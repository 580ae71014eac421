/** Events of the element: they bubble and cross shadow roots; they carry ids, never tokens. */
class InlayEvent extends Event {
  constructor(type: string) {
    super(type, { bubbles: true, composed: true });
  }
}

/** The view is shown. */
export class InlayReadyEvent extends InlayEvent {
  constructor() {
    super('inlay-ready');
  }
}

/** A step is shown: at load, and whenever another one is. */
export class InlayStepEvent extends InlayEvent {
  readonly run_id: string;
  readonly step: string;
  constructor(run_id: string, step: string) {
    super('inlay-step');
    this.run_id = run_id;
    this.step = step;
  }
}

/** The run is complete, or the signer's part in an envelope (`run_id` is then the envelope's); `already` when it was at load. Act on the webhook, not on this. */
export class InlayCompleteEvent extends InlayEvent {
  readonly run_id: string;
  readonly already: boolean;
  constructor(run_id: string, already: boolean) {
    super('inlay-complete');
    this.run_id = run_id;
    this.already = already;
  }
}

/** The signer declined: nobody can sign the document any more. Act on the webhook, not on this. */
export class InlayDeclinedEvent extends InlayEvent {
  readonly envelope_id: string;
  constructor(envelope_id: string) {
    super('inlay-declined');
    this.envelope_id = envelope_id;
  }
}

/** Something failed. `code` and `detail` are for developers; `instance` names the case in the gateway's log. */
export class InlayErrorEvent extends InlayEvent {
  readonly code: string;
  readonly detail: string;
  readonly retryable: boolean;
  readonly instance: string | undefined;
  constructor(code: string, detail: string, retryable: boolean, instance: string | undefined) {
    super('inlay-error');
    this.code = code;
    this.detail = detail;
    this.retryable = retryable;
    this.instance = instance;
  }
}

/** A session that had opened is over. */
export class InlayExpiredEvent extends InlayEvent {
  constructor() {
    super('inlay-expired');
  }
}

/** The element has another height, in CSS pixels. */
export class InlayResizeEvent extends InlayEvent {
  readonly height: number;
  constructor(height: number) {
    super('inlay-resize');
    this.height = height;
  }
}

declare global {
  interface HTMLElementEventMap {
    'inlay-ready': InlayReadyEvent;
    'inlay-step': InlayStepEvent;
    'inlay-complete': InlayCompleteEvent;
    'inlay-declined': InlayDeclinedEvent;
    'inlay-error': InlayErrorEvent;
    'inlay-expired': InlayExpiredEvent;
    'inlay-resize': InlayResizeEvent;
  }
}
