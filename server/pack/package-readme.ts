/** What whoever installed the package reads first. */
export const packageReadme = (version: string): string => `# inlay-embed ${version}

\`<inlay-widget>\` for a partner's portal, the same without a face, and what the partner's server needs. It comes from an Inlay gateway and from
nowhere else:

\`\`\`sh
npm install https://<gateway>/inlay/${version}/inlay-${version}.tgz
\`\`\`

On the server:

\`\`\`ts
import { mint, verifyWebhook } from 'inlay-embed/server';

const { token } = await mint({
  gateway: 'https://<gateway>', key: process.env.INLAY_KEY, fetch,
  request: { widget_type: 'onboarding', user_email: 'sam@your-portal.example', customer: { external_id: 'customer-1' } },
});
// Loyva's events: the body exactly as it came. Throws where the signature is not of this body and secret.
const event = await verifyWebhook({ body, headers, secret });
\`\`\`

In the page:

\`\`\`ts
import 'inlay-embed';

const widget = document.createElement('inlay-widget');
widget.server = 'https://<gateway>';
widget.fetchToken = async () => (await (await fetch('/inlay-token', { method: 'POST' })).json()).token;
document.body.append(widget);
\`\`\`

\`inlay-embed/client\` is what the tag shows, as calls: \`new InlayClient({ server, fetchToken })\`. Documents are drawn by the gateway's own pdf.js:
the page's policy needs \`script-src <gateway>; connect-src <gateway>; worker-src blob:\`.
`;
