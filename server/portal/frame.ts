/** What every page shows. */
export interface Shown {
  readonly gatewayUrl: string;
  readonly platformUrl: string | undefined;
  readonly user: { readonly name: string; readonly initials: string };
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const icons = {
  people:
    'M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16c.4-2.6 2.4-4 5-4s4.6 1.4 5 4M13 4.2a2.8 2.8 0 0 1 0 5.2M14.4 12.2c1.8.5 2.9 1.8 3.1 3.8',
  mail: 'M3 5h14v10H3zM3.4 5.6 10 10.8l6.6-5.2',
  box: 'M3.5 6.5 10 3l6.5 3.5v7L10 17l-6.5-3.5zM3.5 6.5 10 10l6.5-3.5M10 10v7',
  plus: 'M10 4v12M4 10h12',
  alert: 'M10 2.75a7.25 7.25 0 1 0 0 14.5 7.25 7.25 0 0 0 0-14.5zM10 6.2v4.6M10 13.6v.1',
  done: 'M10 2.75a7.25 7.25 0 1 0 0 14.5 7.25 7.25 0 0 0 0-14.5zM6.8 10.2l2.2 2.2 4.3-4.6',
} as const;
export const icon = (name: keyof typeof icons): string =>
  `<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="${icons[name]}"/></svg>`;

/** Every page's frame around its main part, which is HTML. */
export function page(shown: Shown, title: string, main: string): string {
  const demo = shown.platformUrl
    ? `<p>Demo</p><ul>${navItem(`${shown.platformUrl}/outbox`, 'mail', 'Mail outbox')}${navItem(shown.platformUrl, 'box', 'Vendor sandbox')}</ul>`
    : '';
  const current = title === 'Customers' ? ' aria-current="page"' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Harbor Leasing</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/portal.css">
</head>
<body>
<header class="top">
<a class="brand" href="/"><svg viewBox="0 0 26 26" fill="none" aria-hidden="true"><rect width="26" height="26" rx="6" fill="#cfe5df"/><path d="M5 17.5c2 0 2-1.5 4-1.5s2 1.5 4 1.5 2-1.5 4-1.5 2 1.5 4 1.5M13 13V6.5l5.5 6.5z" stroke="#12302f" stroke-width="1.7" stroke-linejoin="round" stroke-linecap="round"/></svg>Harbor Leasing</a>
<div class="user"><b>${escapeHtml(shown.user.name)}</b><span aria-hidden="true">${escapeHtml(shown.user.initials)}</span></div>
</header>
<div class="body">
<nav aria-label="Portal"><ul><li><a href="/"${current}>${icon('people')}Customers</a></li></ul>${demo}</nav>
<main>
${main}
</main>
</div>
</body>
</html>
`;
}

const navItem = (address: string, name: keyof typeof icons, word: string): string =>
  `<li><a href="${escapeHtml(address)}">${icon(name)}${word}</a></li>`;
