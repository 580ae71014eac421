/** What a partner's page in a frame has written down for its test. */
export interface Heard {
  readonly events: { readonly type: string; readonly facts: Record<string, unknown> }[];
  /** Violations of the page's policy. */
  readonly violations: string[];
  /** Imports a script there, and says how many names it exports. */
  load(url: string): Promise<number>;
}

/** The page's own script, before any other: every event of the tag that reaches the document, with its facts. */
export const hearScript = `
const heard = (window.heard = { events: [], violations: [], load: (url) => import(url).then((module) => Object.keys(module).length) });
for (const name of ['ready', 'step', 'complete', 'error', 'expired', 'resize'])
  document.addEventListener('inlay-' + name, (event) => {
    heard.events.push({ type: event.type.slice(6), facts: Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'isTrusted')) });
  });
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  heard.violations.push(effectiveDirective + ' ' + blockedURI),
);
`;
