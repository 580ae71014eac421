import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CeremonyField, ceremonyPath } from '../../../shared/signing/ceremony.ts';
import type { FieldType, FieldValue } from '../../../shared/signing/fields.ts';
import { dotCircle } from '../../../shared/text/marks.ts';
import { fieldsOn } from '../../fields.ts';
import { type StartedPlatform, startPlatform } from '../../start-platform.ts';
import { judges } from '../world/judges.ts';
import { ada, embedToken, sendEnvelope, signerWith } from './ceremony-stage.ts';
import { inkIn } from './ink-in.ts';

let platform: StartedPlatform;
before(async () => {
  platform = await startPlatform();
});
after(async () => {
  await platform.close();
  assert.deepEqual(platform.reported, []);
});

const page = { width: 595.28, height: 841.89 };
const text = (said: string): FieldValue => ({ kind: 'text', text: said });
const chosen = (option: string): FieldValue => ({ kind: 'chosen', option });

/** One signer before every kind of field, and their answers by the field's name. */
async function stage(over: object = {}) {
  const fields = Object.values(fieldsOn(1)).map((field) => ({ signer: ada.email, ...field, ...over }));
  const id = await sendEnvelope(platform, { more: { fields } });
  const token = await embedToken(platform, id, ada.email);
  const signer = signerWith(platform, token);
  await signer.consent();
  const shown = (await signer.read()).fields;
  const named = (name: string): string => shown.find((field) => field.name === name)?.id ?? '';
  const save = (values: Record<string, FieldValue | null>) =>
    signer.save(Object.fromEntries(Object.entries(values).map(([name, value]) => [named(name), value])));
  const faults = async (values: Record<string, unknown>) => {
    const before = await signer.read();
    const { status, json } = await save(values as Record<string, FieldValue>);
    assert.equal(status, 422);
    assert.deepEqual(await signer.read(), before, 'nothing of it is kept');
    return (json.errors as { pointer: string; code: string }[]).map(
      ({ pointer, code }) => `${shown.find(({ id }) => pointer === `/values/${id}`)?.name ?? pointer} ${code}`,
    );
  };
  const sign = () => signer.save({ [shown.find(({ type }) => type === 'signature')?.id ?? '']: { kind: 'typed', text: 'Ada' } });
  const document = async () => {
    const answer = await fetch(`${platform.url}${ceremonyPath}/document`, { headers: { Authorization: `Bearer ${token}` } });
    return Buffer.from(await answer.arrayBuffer());
  };
  return { signer, shown, save, faults, sign, document };
}

test('a signer is shown what each field gives to choose from, and where all of it stands', async () => {
  const { shown } = await stage();
  const by = (type: FieldType): CeremonyField => shown.find((field) => field.type === type) ?? assert.fail(type);
  const radio = by('radio');
  assert.deepEqual(
    radio.places.map(({ option }) => option),
    ['whole', 'parts', 'none'],
  );
  assert.deepEqual([radio.page, radio.x, radio.y], [1, 0.1, 0.1], 'its first place is where it is');
  assert.deepEqual(by('dropdown').options?.[0], { value: 'B7', label: 'B7' });
  const { multiline, max_length } = shown.find(({ name }) => name === 'notes') ?? {};
  assert.deepEqual([multiline, max_length], [true, 60]);
  assert.equal(shown.find(({ name }) => name === 'plate')?.places.length, 2);
  assert.equal(by('checkbox').export_value, 'Yes');
});

test('an answer is one of the options, short enough, and of one line where the field is; every fault is named', async () => {
  const { faults, save } = await stage();
  assert.deepEqual(
    await faults({
      delivery: chosen('soon'),
      berth: chosen('Berth 9'),
      notes: text('x'.repeat(61)),
      plate: text('a\nb'),
      insured: text('Yes'),
    }),
    ['delivery no-such-option', 'berth no-such-option', 'notes too-long', 'plate control-characters', 'insured wrong-kind'],
  );
  assert.deepEqual(await faults({ delivery: text('whole'), notes: text('a\tb') }), ['delivery wrong-kind', 'notes control-characters']);
  assert.equal(
    (await save({ delivery: chosen('parts'), berth: chosen('B9'), notes: text('one\ntwo\r\nthree'), plate: text('AB 12') })).status,
    200,
  );
  // Five letters, each of two UTF-16 units: long enough, though no font here has them.
  assert.deepEqual(await faults({ plate: text('𐐀𐐀𐐀𐐀𐐀') }), ['plate glyph']);
  assert.deepEqual(await faults({ plate: text('𐐀𐐀𐐀𐐀𐐀𐐀') }), ['plate too-long']);
});

test('a choice that is required has to be made, and can be taken back until then', async () => {
  const { signer, save, sign, shown } = await stage();
  await sign();
  await save({
    delivery: chosen('parts'),
    berth: chosen('B8'),
    notes: text('x'),
    plate: text('y'),
    insured: { kind: 'checked', checked: true },
  });
  await save({ delivery: null, berth: null });
  const refused = await signer.finish();
  const unanswered = shown.filter(({ type }) => type === 'radio' || type === 'dropdown').map(({ id }) => `/values/${id}`);
  assert.deepEqual(
    (refused.json.errors as { pointer: string; code: string }[]).map(({ pointer }) => pointer),
    unanswered,
  );
  await save({ delivery: chosen('whole'), berth: chosen('B8') });
  assert.equal((await signer.finish()).status, 200);
});

test('the sealed file has each answer at every one of its places, a dot at the chosen option alone, and several lines from the top', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const { signer, save, sign, shown, document } = await stage();
  await sign();
  const notes = 'Deliver to the back door.\nRing twice, then wait.';
  await save({
    delivery: chosen('parts'),
    berth: chosen('B8'),
    notes: text(notes),
    plate: text('AB 12'),
    insured: { kind: 'checked', checked: true },
  });
  assert.equal((await signer.finish()).status, 200);
  await platform.runJobs();
  const sealed = judge.keep('sealed.pdf', await document());
  const words = [
    ...judge
      .pdftotext('-bbox', '-l', '1', sealed, '-')
      .matchAll(/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</g),
  ].map(([, x, y, right, bottom, word]) => ({ x: Number(x), y: Number(y), right: Number(right), bottom: Number(bottom), word }));
  const inside = ({ x, y, width, height }: CeremonyField['places'][number]) =>
    words
      .filter(
        (each) =>
          each.x >= x * page.width - 1 &&
          each.right <= (x + width) * page.width + 1 &&
          each.y >= y * page.height - 3 &&
          each.bottom <= (y + height) * page.height + 3,
      )
      .map(({ word }) => word)
      .join(' ');
  const said = (name: string) => shown.find((field) => field.name === name)?.places.map(inside);
  assert.deepEqual(said('berth'), ['Berth 8, south']);
  assert.deepEqual(said('plate'), ['AB 12', 'AB 12']);
  assert.deepEqual(said('notes'), [notes.replace('\n', ' ')]);
  const [first] = words.filter(({ word }) => word === 'Deliver');
  assert.ok(first && Math.abs(first.y - 0.35 * page.height) < 4, `${first?.y} is at the top of the field`);

  judge.mutool('draw', '-q', '-r', '288', '-o', `${judge.folder}/page.ppm`, sealed, '1');
  const radio = shown.find(({ type }) => type === 'radio');
  const dots = radio?.places.map((place) => inkIn(`${judge.folder}/page.ppm`, place)) ?? [];
  assert.deepEqual(
    dots.map((dot) => dot !== undefined),
    [false, true, false],
  );
  const [, place] = radio?.places ?? [];
  const { x, y, radius } = dotCircle({ width: (place?.width ?? 0) * page.width, height: (place?.height ?? 0) * page.height });
  const wanted = [x - radius, y - radius, x + radius, y + radius];
  for (const [i, edge] of (dots[1] ?? []).entries())
    assert.ok(Math.abs(edge - (wanted[i] ?? 0)) < 0.5, `edge ${i}: ${edge}, not ${wanted[i]}`);
});
