import type { InlayWidget } from '../../../widget/inlay-widget.ts';
import * as assert from '../../elements/assert.ts';
import { gatewayUrl, inTag, type Listening, mint, openPartner, test, until } from '../../elements/page.ts';

const types = ({ heard }: Listening) => heard.events.map(({ type }) => type).filter((type) => type !== 'resize');
const ready = (partner: Listening, count = 1) => until(() => types(partner).filter((type) => type === 'ready').length === count);
const tagOf = ({ document }: Listening) => document.querySelector('inlay-widget') as InlayWidget;
/** What was asked of the gateway under this path. */
const asked = ({ window }: Listening, path: string) =>
  (window.performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(({ name }) => name.endsWith(path));

test('the token leaves the page at once, and no event carries one', async () => {
  const token = await mint();
  const partner = await openPartner({ token });
  await ready(partner);
  assert.ok(!partner.document.documentElement.outerHTML.includes(token), 'it is in no attribute');
  assert.ok(!JSON.stringify(partner.heard.events).includes(token.slice(-40)));
  const resize = await until(() => types(partner).length === 2 && partner.heard.events.find(({ type }) => type === 'resize'));
  assert.deepEqual(types(partner), ['ready', 'step']);
  assert.ok(!JSON.stringify(partner.heard.events).includes(token.slice(-40)));
  assert.ok(Number(resize.facts.height) > 200);
  assert.deepEqual(partner.heard.violations, []);
});

test('an element that is taken out of the page and put back goes on with its session', async () => {
  const partner = await openPartner({ token: await mint() });
  await ready(partner);
  const tag = tagOf(partner);
  tag.remove();
  partner.document.querySelector('main')?.append(tag);
  const city = await until(() => inTag(partner, 'input[name=city]')[0] as HTMLInputElement | undefined);
  city.value = 'Lund';
  city.dispatchEvent(new partner.window.Event('input', { bubbles: true }));
  await until(() => inTag(partner, '[part=saved]').some(({ textContent }) => /^\s*Saved/.test(textContent ?? '')));
  assert.equal(asked(partner, '/embed/session').length, 1);
});

test('two tags on one page with one token share one session', async () => {
  const token = await mint();
  const partner = await openPartner();
  partner.document.querySelector('main')?.append(partner.document.createElement('inlay-widget'));
  for (const tag of partner.document.querySelectorAll<InlayWidget>('inlay-widget')) tag.token = token;
  await ready(partner, 2);
  assert.equal(asked(partner, '/embed/session').length, 1);
  assert.ok(!types(partner).includes('error'));
});

test('logout ends the session at the gateway', async () => {
  const partner = await openPartner({ token: await mint() });
  await ready(partner);
  void tagOf(partner).logout();
  const [, ended] = await until(() => asked(partner, '/embed/session').length === 2 && asked(partner, '/embed/session'));
  assert.equal(ended?.responseStatus, 204);
  await until(() => inTag(partner, 'h2', 'You have left this page').length);
});

test('every error tells the developer its code and the case’s reference', async () => {
  const partner = await openPartner({ token: await mint({ used: true }) });
  const error = await until(() => partner.heard.events.find(({ type }) => type === 'error'));
  assert.equal(error.facts.code, 'token-used');
  assert.equal(error.facts.retryable, false);
  assert.match(String(error.facts.instance), /^urn:uuid:/);
});

test('a second copy of the script, or a page that has defined the tag, does no harm', async () => {
  const partner = await openPartner({ token: await mint() });
  await ready(partner);
  assert.ok((await partner.heard.load(`${await gatewayUrl()}/inlay.js?second`)) > 5);
});
