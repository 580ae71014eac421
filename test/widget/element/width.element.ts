import * as assert from '../../elements/assert.ts';
import { inTag, mint, openPartner, type Partner, resize, test, until } from '../../elements/page.ts';

/** Where a partner may put the tag: the styles of what is around it, and the least that it must get of a window 1,280 px wide. */
const places: Record<string, { around: string; tag?: string; element?: string; least: number }> = {
  'a block': { around: '', least: 1240 },
  'a block, with margins and padding of its own': { around: '', tag: 'margin: 0 24px; padding: 8px', least: 1190 },
  'a centred flex column': { around: 'display: flex; flex-direction: column; align-items: center', least: 1240 },
  'a flex row': { around: 'display: flex; justify-content: center', least: 1240 },
  'a flex row, centred with a greatest width': { around: 'display: flex; justify-content: center', tag: 'max-width: 800px', least: 800 },
  'a grid with place-items: center': { around: 'display: grid; place-items: center', least: 1240 },
  'a grid with place-content: center': { around: 'display: grid; place-content: center', least: 960 },
  'an inline-block': { around: 'display: inline-block', least: 960 },
  'a float': { around: 'float: left', least: 960 },
  'a box of its own layer': { around: 'position: absolute', least: 960 },
  'a table cell': { around: 'display: table-cell', least: 960 },
  'a plain dialog': { around: '', element: 'dialog', least: 900 },
};

/** The tag's left and right edge, and those of what is around it, without its padding. */
function placed({ document }: Partner, tag: string, { around, tag: own = '', element = 'div' }: (typeof places)[string]) {
  const box = document.createElement(element);
  box.style.cssText = around;
  const shown = document.createElement(tag);
  shown.style.cssText = own;
  box.append(shown);
  document.querySelector('main')?.replaceChildren(box);
  if (element === 'dialog') (box as HTMLDialogElement).showModal();
  const { left, right, width } = shown.getBoundingClientRect();
  const outside = box.getBoundingClientRect();
  return { left, right, width, outside: [outside.left, outside.right] as const };
}

for (const tag of ['inlay-widget', 'inlay-onboarding', 'inlay-signing'])
  test(`${tag} has a width wherever it is put, and none wider than its place`, async () => {
    const partner = await openPartner();
    await partner.window.customElements.whenDefined(tag);
    for (const [name, place] of Object.entries(places))
      for (const window of [1280, 320]) {
        resize(partner.frame, { width: window, height: 700 });
        const { left, right, width, outside } = placed(partner, tag, place);
        assert.equal(partner.window.innerWidth, window);
        assert.ok(width >= (window === 1280 ? place.least : 220), `${name} at ${window} px: ${width}`);
        assert.ok(left >= outside[0] && right <= outside[1] && right <= window, `${name} at ${window} px: ${left} to ${right}`);
      }
  });

test('in a dialog the form is as wide as the tag, and nothing sticks out of it', async () => {
  for (const [width, least] of [
    [1280, 700],
    [320, 200],
  ] as const) {
    const partner = await openPartner({ token: await mint() }, { width, height: 700 });
    const { document } = partner;
    const dialog = document.createElement('dialog');
    document.body.append(dialog);
    dialog.append(document.querySelector('inlay-widget') as Element);
    dialog.showModal();
    await until(() => inTag(partner, 'h2', 'About your company').length);
    const panel = inTag(partner, '[part=panel]')[0]?.getBoundingClientRect().width ?? 0;
    assert.ok(panel >= least, `${panel} at ${width}`);
    const page = document.documentElement;
    assert.deepEqual([dialog.scrollWidth - dialog.clientWidth, page.scrollWidth - page.clientWidth], [0, 0]);
    partner.frame.remove();
  }
});
