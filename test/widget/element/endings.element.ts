import type { InlayWidget } from '../../../widget/inlay-widget.ts';
import * as assert from '../../elements/assert.ts';
import { inTag, intercept, type Listening, mint, openPartner, setStatus, test } from '../../elements/page.ts';
import { control, fill, heading, look, press, saved, seen } from '../../elements/tag.ts';

const tagOf = ({ document }: Listening) => document.querySelector('inlay-widget') as InlayWidget;
const tryAgain = async (partner: Listening) => press(await seen(partner, 'button', 'Try again'));
const noButton = (partner: Listening) => assert.deepEqual(inTag(partner, 'button'), [], 'no dead button');

/** How a page with the tag can end, or not begin. Every complaint of the browser's policies fails the test. */
const states: Record<string, () => Promise<Listening>> = {
  'error-origin': async () => {
    const partner = await openPartner({ token: await mint({ origins: ['https://elsewhere.example'] }) });
    await heading(partner, 'This page cannot be opened here');
    await look(partner, 'error-origin');
    return partner;
  },
  suspended: async () => {
    const partner = await openPartner({ token: await mint({ partner: 'paused' }) });
    await control(partner, 'City');
    await setStatus('paused', 'SUSPENDED');
    await fill(partner, 'City', 'Lund');
    await heading(partner, 'This page is paused');
    await look(partner, 'suspended');
    return partner;
  },
  'error-lost': async () => {
    const token = await mint();
    const end = await intercept('*/embed/session', 'losing');
    const partner = await openPartner({ token });
    await heading(partner, 'We could not load this page');
    await look(partner, 'error-lost');
    await end();
    await tryAgain(partner);
    await heading(partner, 'About your company');
    return partner;
  },
  'error-lost-saved': async () => {
    const partner = await openPartner({ token: await mint() });
    await fill(partner, 'City', 'Lund');
    await saved(partner);
    const end = await intercept('*/embed/onboarding', 'losing');
    void tagOf(partner).reload();
    await seen(partner, '*', /Nothing you entered is lost: it was last saved at/);
    await look(partner, 'error-lost-saved');
    await end();
    return partner;
  },
  'error-ours': async () => {
    const end = await intercept('*/embed/onboarding', 'breaking');
    const partner = await openPartner({ token: await mint() });
    await heading(partner, 'Something failed on our side');
    await seen(partner, '*', /Reference 3f1c7a52-9b0e/);
    await look(partner, 'error-ours');
    await end();
    await tryAgain(partner);
    await heading(partner, 'About your company');
    return partner;
  },
  'error-token': async () => {
    const partner = await openPartner();
    tagOf(partner).fetchToken = () => Promise.reject(new Error('The portal is tired.'));
    await heading(partner, 'Your portal did not open this page');
    await look(partner, 'error-token');
    tagOf(partner).fetchToken = () => mint();
    await tryAgain(partner);
    await heading(partner, 'About your company');
    return partner;
  },
  'error-used': async () => {
    const partner = await openPartner({ token: await mint({ used: true }) });
    await heading(partner, 'This link was already used');
    noButton(partner);
    await look(partner, 'error-used');
    return partner;
  },
  left: async () => {
    const partner = await openPartner({ token: await mint() });
    await control(partner, 'City');
    void tagOf(partner).logout();
    await heading(partner, 'You have left this page');
    noButton(partner);
    await look(partner, 'left');
    return partner;
  },
};

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, async () => {
    const { heard } = await play();
    assert.deepEqual(heard.violations, []);
  });
