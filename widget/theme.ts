const sheets = new Map<string, CSSStyleSheet>();

/** Adopts these styles into a root, each once. Sheets are shared by all elements of the page. */
export function adopt(root: ShadowRoot, ...texts: string[]): void {
  const { adoptedStyleSheets } = root;
  for (const text of texts) {
    const sheet = sheets.get(text) ?? new CSSStyleSheet();
    if (!sheets.has(text)) sheet.replaceSync(text);
    sheets.set(text, sheet);
    if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
  }
}
