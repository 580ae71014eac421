import { home } from './home.ts';
import { ViewElement } from './view-element.ts';

/**
 * Customer onboarding, or the signing of an envelope, inside a partner's portal. The token decides what is shown.
 *
 * `reload()` reads everything anew; `logout()` ends the session. Removed from the page and put back, the element goes on where it was.
 *
 * @element inlay-widget
 * @attr token - An embed token from `POST /embed/token`. Read once, then removed from the page.
 * @attr locale - BCP 47; default: the token's, then `<html lang>`, then `en`.
 * @attr theme - `light`, `dark` or `auto` (the reader's preference). Default `auto`.
 * @attr server - The gateway's origin. Default: where this script came from.
 * @attr worker - `none` where the page's policy has no `worker-src blob:`: documents are then read on the page's own thread, more slowly.
 * @attr heading-level - Level of the view's title, 1 to 6. Default 2.
 * @prop fetchToken - `() => Promise<string>`: asked for a token at the start and whenever a session must be replaced. Wins over `token`.
 *
 * @fires inlay-ready - The view is shown, or shown again. Within 15 s of being connected there is this or `inlay-error`.
 * @fires inlay-step - A step is shown: `run_id`, `step`.
 * @fires inlay-complete - The run, or the signer's part in the envelope, is complete, once per element and subject: `run_id`, `already`.
 * @fires inlay-declined - The envelope was declined: `envelope_id`.
 * @fires inlay-error - Something failed: `code`, `detail`, `retryable`, `instance`.
 * @fires inlay-expired - A session that had opened is over.
 * @fires inlay-resize - Another `height`, in pixels.
 *
 * @csspart panel - The frame and its ground
 * @csspart rail - Steps at the side or on top
 * @csspart rail-foot - The line under the steps
 * @csspart steps - The list of steps
 * @csspart step - One step
 * @csspart content - The current step
 * @csspart title - Its heading
 * @csspart lead - The sentence under the heading
 * @csspart turn - Whose turn it is
 * @csspart saved - When the answers were kept
 * @csspart notice - A block that says one thing
 * @csspart summary - The notice that lists what to mend
 * @csspart section - A group of fields
 * @csspart field - A field with its label and what is under it
 * @csspart label - The label of a field
 * @csspart input - A text field or select
 * @csspart hint - Help under a field
 * @csspart error - What to mend under a field
 * @csspart check - A checkbox with its words
 * @csspart actions - The row of buttons
 * @csspart button - Every button
 * @csspart button-primary - The one primary button
 * @csspart button-quiet - A button without a frame
 * @csspart card - A vendor, or a set of facts
 * @csspart skeleton - What shows while loading
 * @csspart signing - The signing view
 * @csspart consent-text - The words of the consent
 * @csspart bar - What is signed, zoom, and more, above the document
 * @csspart pages - The small pages at the side
 * @csspart thumb - One of them
 * @csspart desk - What the document lies on
 * @csspart page - One page of the document
 * @csspart marker - A field on a page
 * @csspart guide - What is left and what is next
 * @csspart progress - How many fields are done
 * @csspart todo - A field in the guide's list
 * @csspart dialog - Where a signature, a text or a reason is entered
 * @csspart tabs - Draw or type
 * @csspart tab - One of them
 * @csspart pad - What a signature is drawn on
 *
 * @cssprop --inlay-accent - The partner's colour; every tint takes its hue from it. Default `#2c6272`
 * @cssprop --inlay-accent-dark - Its value on dark ground. Default: the accent, lifted
 * @cssprop --inlay-font - Font family. Default: the page's
 * @cssprop --inlay-font-mono - Font of references and numbers
 * @cssprop --inlay-text-size - Base size, at least 16px. Default `1rem`
 * @cssprop --inlay-radius - Corner of a control, from which the others follow. Default `10px`
 * @cssprop --inlay-density - `.85` compact, `1` calm, `1.15` roomy
 * @cssprop --inlay-height - Height of the signing view. Default `min(860px, 92dvh)`, at least 480px
 * @cssprop --inlay-frame - Width of the panel's border, `0` for none. Default `1px`
 */
export class InlayWidget extends ViewElement {
  static override properties = ['token', 'fetchToken', 'locale', 'theme', 'server', 'headingLevel', 'worker'];
  static observedAttributes = ['token', 'locale', 'theme', 'server', 'heading-level', 'worker'];

  constructor() {
    super();
    this.theme ??= 'auto';
    this.server ??= home;
    this.headingLevel ??= 2;
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    if (name !== 'token') super.attributeChangedCallback(name, old, value);
    else if (value !== null) {
      this.token = value;
      this.removeAttribute(name);
    }
  }
}

/** The same element for pages that want to name what they show: any other widget type is an error. */
export class InlayOnboarding extends InlayWidget {
  protected override readonly only = 'onboarding';
}

/** For pages that show one envelope to sign: any other widget type is an error. */
export class InlaySigning extends InlayWidget {
  protected override readonly only = 'sign';
}

declare global {
  interface HTMLElementTagNameMap {
    'inlay-widget': InlayWidget;
    'inlay-onboarding': InlayOnboarding;
    'inlay-signing': InlaySigning;
  }
}
