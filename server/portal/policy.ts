/** What a page with `<inlay-widget>` needs to allow, and nothing more. */
export const headersFor = (gateway: string) => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    // The tag's code comes from the gateway; 'self' is the portal's own few lines.
    `script-src ${gateway} 'self'`,
    // The tag talks to the gateway; 'self' is where the portal hands out tokens.
    `connect-src ${gateway} 'self'`,
    // The portal's own sheet. The tag brings its styles as constructed sheets, which need no allowance.
    "style-src 'self'",
    // The icon in the browser's tab.
    "img-src 'self'",
    // pdf.js runs its worker from a blob when a document is shown.
    'worker-src blob:',
    // No text becomes script anywhere in the page; the tag works under it.
    "require-trusted-types-for 'script'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
});
