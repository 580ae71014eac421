import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkError } from '../../widget/session/link-error.ts';
import { Answers } from '../../widget/views/signing/answers/answers.ts';
import { stateBefore, told } from './ceremony.ts';

const refusal = () => {
  throw new LinkError('ceremony-ended', 'It has ended.', 409);
};

test('a scene follows from what the server tells, and from what became of the document in this page', () => {
  const { state } = stateBefore(refusal);
  const scenes: [string, Record<string, unknown>][] = [
    ['consent', { consent: { ...told().consent, given_at: null } }],
    ['opening', {}],
    ['waiting', { you: { ...told().you, turn: false } }],
    ['signed', { you: { ...told().you, state: 'signed' } }],
    ['sealing', { state: 'finishing' }],
    ['voided', { state: 'voided' }],
  ];
  for (const [scene, more] of scenes) {
    state.take(told(more));
    assert.equal(state.scene, scene);
  }
  state.take(told());
  state.document = 'sign';
  assert.equal(state.scene, 'sign');
  state.document = 'unopened';
  assert.equal(state.scene, 'unopened');
  state.take(told({ state: 'voided' }));
  assert.equal(state.scene, 'voided');
});

test('what is older than what was told is left; another envelope is taken whatever its revision', () => {
  const { state, news } = stateBefore(refusal);
  state.take(told({ revision: 3 }));
  state.take(told({ revision: 2, name: 'Older' }));
  assert.deepEqual([state.view.name, state.revision], ['Lease', 3]);
  assert.deepEqual(news, [{ kind: 'read', before: undefined }]);
  state.take(told({ revision: 0, envelope_id: 'env_other', name: 'Other' }));
  assert.deepEqual([state.view.name, state.revision], ['Other', 0]);
  assert.deepEqual(news[1], { kind: 'read', before: 'opening' });
});

test('a page that was seen stays seen though the server has not heard of it, and is told of once', async () => {
  const { state, asked } = stateBefore(() => ({ pages_seen: [] }));
  state.take(told());
  assert.deepEqual(state.unread, [1, 2]);
  await state.see([2]);
  await state.see([2]);
  state.take(told({ revision: 4 }));
  assert.deepEqual(state.unread, [1]);
  assert.deepEqual(
    asked.map(({ path, body }) => [path, body]),
    [['/embed/ceremony/pages', { pages: [2] }]],
  );
  state.take(told({ revision: 4, required_reading: false, pages_seen: [] }));
  assert.deepEqual(state.unread, []);
});

test('a refused reading is told of and thrown; one without an answer is only thrown', async () => {
  const refused = stateBefore(refusal);
  await assert.rejects(refused.state.read(), { code: 'ceremony-ended' });
  assert.deepEqual(
    refused.news.map(({ kind }) => kind),
    ['refused'],
  );
  const lost = stateBefore(() => {
    throw new LinkError('network', 'No answer.');
  });
  await assert.rejects(lost.state.read(), { code: 'network' });
  assert.deepEqual(lost.news, []);
});

test('who has ended its subscription is told nothing more', () => {
  const { state } = stateBefore(refusal);
  let times = 0;
  const end = state.subscribe(() => times++);
  state.changed();
  end();
  state.changed();
  assert.equal(times, 1);
});

test('answers stand in reading order, count at once, and are kept with the revision that the server gives them', async () => {
  const { state, asked } = stateBefore(() => ({ revision: 4, saved_at: '2026-11-30T10:05:00Z' }));
  state.take(told());
  const answers = new Answers(state);
  assert.deepEqual(
    answers.asked.map(({ id }) => id),
    ['high', 'low'],
  );
  const [high] = answers.missing;
  assert.equal(high?.id, 'high');
  if (!high) return;
  const saving = answers.give(high, { kind: 'checked', checked: true });
  assert.equal(answers.state, 'saving');
  assert.deepEqual(answers.missing, []);
  await saving;
  assert.deepEqual([answers.state, state.revision, state.view.saved_at], ['saved', 4, '2026-11-30T10:05:00Z']);
  assert.deepEqual(state.view.fields.find(({ id }) => id === 'high')?.value, { kind: 'checked', checked: true });
  assert.deepEqual(asked[0]?.body, { values: { high: { kind: 'checked', checked: true } } });
});

test('an answer that the server names as wrong stays in sight with its fault; given up, the kept one is back', async () => {
  const { state } = stateBefore(() => {
    throw new LinkError('invalid-input', 'No.', 422, { errors: [{ pointer: '/values/low', code: 'does-not-fit', message: '' }] });
  });
  state.take(told());
  const answers = new Answers(state);
  const low = answers.asked.find(({ id }) => id === 'low');
  assert.ok(low);
  await answers.give(low, { kind: 'text', text: 'far too long' });
  assert.equal(answers.faults.get('low')?.code, 'does-not-fit');
  assert.deepEqual(answers.value(low), { kind: 'text', text: 'far too long' });
  assert.ok(answers.missing.some(({ id }) => id === 'low'));
  assert.equal(answers.dirty, false);
  answers.drop(low);
  assert.equal(answers.value(low), null);
});

test('a refusal that names no answer gives the answers up, and the state is read again', async () => {
  const { state, asked } = stateBefore(({ method }) => (method === 'PUT' ? refusal() : told({ revision: 9, state: 'voided' })));
  state.take(told());
  const answers = new Answers(state);
  const [high] = answers.asked;
  assert.ok(high);
  await answers.give(high, { kind: 'checked', checked: true });
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['PUT', 'GET'],
  );
  assert.deepEqual([answers.value(high), answers.state, state.scene], [null, 'saved', 'voided']);
});
