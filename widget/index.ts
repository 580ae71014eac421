import { InlayOnboarding, InlaySigning, InlayWidget } from './inlay-widget.ts';

/** The countries a form offers. They stay in the entry also because two chunks need them, and neither should need the other. */
export { countries } from '../shared/onboarding/countries.ts';
export { InlayClient, type Opened } from './client.ts';
export * from './events.ts';
export { LinkError } from './session/link-error.ts';
export { InlayOnboarding, InlaySigning, InlayWidget };

/** On a server there is nothing to define; a tag that another copy of this script defined stays that copy's. */
const define = (tag: string, element: CustomElementConstructor): void => {
  if (!globalThis.customElements?.get(tag)) globalThis.customElements?.define(tag, element);
};
define('inlay-widget', InlayWidget);
define('inlay-onboarding', InlayOnboarding);
define('inlay-signing', InlaySigning);
