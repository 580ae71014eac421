import * as assert from '../../elements/assert.ts';
import { button, inTag, intercept, type Listening, mint, mouse, openPartner, test, until, visitElsewhere } from '../../elements/page.ts';
import { control, fill, fillDetails, focused, heading, look, placeOf, press, saved, seen, type } from '../../elements/tag.ts';
import type { Placement } from '../world/host-page.ts';

/** A page for a customer of its own. Every complaint of the browser's policies fails the test. */
async function scene(
  { profile = {}, ...placement }: Placement & { profile?: object },
  play: (partner: Listening, customer: string) => Promise<void>,
): Promise<void> {
  const customer = crypto.randomUUID();
  const partner = await openPartner({ token: await mint({ customer, profile }), ...placement });
  await play(partner, customer);
  assert.deepEqual(partner.heard.violations, []);
}

const buttonOf = (partner: Listening, name: string) => seen(partner, 'button', name);
const go = async (partner: Listening) => press(await buttonOf(partner, 'Continue to accounts'));

const states: Record<string, () => Promise<void>> = {
  loading: async () => {
    const end = await intercept('*/embed/onboarding', 'waiting');
    await scene({}, async (partner) => {
      await seen(partner, '*', /^Loading this page/);
      await look(partner, 'loading');
    });
    await end();
  },
  details: () =>
    scene({}, async (partner) => {
      await heading(partner, 'About your company');
      await look(partner, 'details');
    }),
  'details-filled-and-locked': () =>
    scene({ profile: { company_name: 'Nordin Tryck & Papper AB', first_name: 'Ada', locked: ['company_name'] } }, async (partner) => {
      await control(partner, 'Registered name');
      await fill(partner, 'Country', 'SE');
      await fill(partner, 'VAT number', 'SE556912447101');
      await saved(partner);
      await press(await buttonOf(partner, 'Save and leave'));
      await seen(partner, 'form *', 'Saved. You can close this page.');
      await look(partner, 'details-filled-and-locked');
    }),
  'locked-meanwhile': () =>
    scene({}, async (partner, customer) => {
      await fillDetails(partner, 'meanwhile@nordin.example');
      await saved(partner);
      await mint({ customer, profile: { company_name: 'Nordin Papper AB', locked: ['company_name'] } });
      await fill(partner, 'Registered name', 'Nordin AB');
      await go(partner);
      const sentence = 'Harbor Leasing has filled this in; it cannot be changed here.';
      await seen(partner, '[role=alert] *', `Registered name: ${sentence}`);
      assert.equal((await control(partner, 'Registered name')).value, 'Nordin Papper AB');
      await look(partner, 'locked-meanwhile');
      await go(partner);
      await heading(partner, 'Opening your accounts');
    }),
  errors: () =>
    scene({}, async (partner) => {
      await fillDetails(partner, 'ada@');
      await fill(partner, 'VAT number', 'SE5569124471');
      await go(partner);
      await seen(partner, '[role=alert] *', '2 answers need another look');
      await focused(await seen(partner, '[role=alert]'));
      await look(partner, 'errors');
      await press(await seen(partner, '[role=alert] a'));
      await focused(await control(partner, 'VAT number'));
    }),
  unreached: () =>
    scene({}, async (partner) => {
      await control(partner, 'City');
      const end = await intercept('*/embed/onboarding/*', 'losing');
      await fill(partner, 'City', 'Lund');
      await heading(partner, 'The server does not answer');
      await press(await buttonOf(partner, 'Save and leave'));
      await seen(partner, 'form *', 'Not saved yet. Keep this page open until the connection is back.');
      await look(partner, 'unreached');
      await end();
      await saved(partner);
      assert.deepEqual(inTag(partner, 'h1, h2, h3', 'The server does not answer'), []);
    }),
  unsent: () =>
    scene({}, async (partner) => {
      await fillDetails(partner, 'unsent@nordin.example');
      await saved(partner);
      const end = await intercept('*/steps/details', 'losing');
      await go(partner);
      await heading(partner, 'Your answers were not sent');
      await focused(await seen(partner, '[role=alert]'));
      await look(partner, 'unsent');
      await end();
      await go(partner);
      await heading(partner, 'Opening your accounts');
    }),
  elsewhere: () =>
    scene({}, async (partner, customer) => {
      await control(partner, 'City');
      await visitElsewhere(customer, { first_name: 'Astrid' });
      await fill(partner, 'City', 'Lund');
      await heading(partner, 'This form is also open somewhere else');
      assert.equal((await control(partner, 'First name')).value, 'Astrid');
      assert.equal((await control(partner, 'City')).value, 'Lund');
      await look(partner, 'elsewhere');
    }),
};

for (const [name, play] of Object.entries(states))
  test(`${name}: reached through the real servers, nothing for axe to say, light and dark, narrow and wide`, play);

test('a field that comes in above leaves alone the one that somebody types in', () =>
  scene({}, async (partner) => {
    const city = await control(partner, 'City');
    city.focus();
    // As when the country comes from another device: the focus stays where it is.
    const country = await control(partner, 'Country');
    country.value = 'SE';
    for (const kind of ['input', 'change']) country.dispatchEvent(new partner.window.Event(kind, { bubbles: true }));
    const vat = await control(partner, 'VAT number');
    await type('Lund');
    assert.equal(city.value, 'Lund');
    assert.equal(vat.value, '');
  }));

test('a press that leaves a wrong field is not lost: its fault comes after the release, so that no button moves from under the pointer', () =>
  scene({}, async (partner, customer) => {
    await fillDetails(partner, 'ada@nordin.example');
    (await control(partner, 'VAT number')).focus();
    await type('SE5569124471');
    const go = await buttonOf(partner, 'Continue to accounts');
    await partner.document.fonts.ready;
    const [x] = await placeOf(go);
    const before = go.getBoundingClientRect().toJSON();
    await mouse('move', [x, before.top + 3]);
    await button('down');
    // As long as a hand rests on it; the page has drawn itself anew many times.
    const pressed = performance.now();
    await until(() => performance.now() - pressed > 400);
    assert.deepEqual(go.getBoundingClientRect().toJSON(), before);
    await button('up');
    await seen(partner, '[role=alert] *', 'One answer needs another look');
    await focused(await seen(partner, '[role=alert]'));
    partner.frame.remove();
    // A tick taken back is a press too, but nothing comes after it: its fault is there at once.
    const again = await openPartner({ token: await mint({ customer }) });
    const tick = await control(again, 'I may sign for this company');
    if (!tick.checked) await press(tick);
    await press(tick);
    await seen(again, '.error');
  }));

test('from right to left, with a locale whose words are not there yet, the form stands mirrored', () =>
  scene({ dir: 'rtl', lang: 'ar' }, async (partner) => {
    await heading(partner, 'About your company');
    const [rail, form] = await Promise.all(['nav', 'form'].map((name) => seen(partner, name)));
    assert.ok(rail && form && rail.getBoundingClientRect().x > form.getBoundingClientRect().x, 'the rail is at the right');
    await look(partner, 'rtl');
  }));
