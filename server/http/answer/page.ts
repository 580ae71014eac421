import type { Context } from 'koa';

/** Text made safe for HTML content and quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Markup whose interpolated values are all escaped; an array or another `html` goes in as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export function html(strings: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  const write = (value: (typeof values)[number] | undefined): string =>
    value === undefined
      ? ''
      : value instanceof Html
        ? value.text
        : Array.isArray(value)
          ? value.map((part) => part.text).join('')
          : escapeHtml(String(value));
  return new Html(strings.map((string, i) => string + write(values[i])).join(''));
}

/** Answers with a page that runs no script and loads only this server's own style sheet. */
export function page(ctx: Context, status: number, body: Html): void {
  ctx.status = status;
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = body.text;
}
