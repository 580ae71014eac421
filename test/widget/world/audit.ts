const every = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules that read colours. In the dark only colours are others: the widget asks for them with `light-dark()`, and for nothing else. */
const ofColours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** A window in which axe is. */
export interface WithAxe {
  readonly axe: { run(root: Document, options: object): Promise<{ violations: Violation[] }> };
}

/** The looks at a page: wide and narrow, in pixels, light and dark. */
export const looks = [1280, 320].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })));

/** What axe is asked to find: in the light everything of WCAG 2.2 A and AA, in the dark what may differ from that. */
export const auditOf = (colorScheme: 'light' | 'dark'): object => ({
  resultTypes: ['violations'],
  runOnly: colorScheme === 'light' ? every : ofColours,
});

export const complaints = (violations: readonly Violation[]): string[] =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`));

/**
 * Runs in the page, also written out as text. Colours on their way from the look before would be neither's; what watches sizes answers with the
 * next frame.
 */
export async function calm(view: Window & typeof globalThis = window): Promise<void> {
  // A document tells of its own only, not of its shadow trees.
  const roots = (root: Document | ShadowRoot): (Document | ShadowRoot)[] => [
    root,
    ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : [])),
  ];
  for (let still = 0; still < 3; ) {
    const moving = roots(view.document).flatMap((root) => root.getAnimations().filter((each) => each instanceof view.CSSTransition));
    for (const each of moving) each.finish();
    still = moving.length > 0 ? 0 : still + 1;
    await new Promise(view.requestAnimationFrame);
  }
}
