import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OnboardingView } from '../../shared/onboarding/onboarding.ts';
import { RunState } from '../../widget/views/onboarding/state.ts';

const step = (id: string, kind: string, state: string) => ({ id, kind, label: null, state, at: null });
const fault = { pointer: '/values/email', code: 'taken', message: '' };

/** A run at its form, of three steps; `more` is what is different. */
const told = ({ details = {}, ...more }: Record<string, unknown> = {}): OnboardingView =>
  OnboardingView.parse({
    run_id: 'run_one',
    status: 'in_progress',
    revision: 1,
    saved_at: null,
    elsewhere: false,
    step: 'about',
    steps: [step('about', 'details', 'open'), step('accounts', 'provision', 'todo'), step('end', 'done', 'todo')],
    details: {
      sections: [{ id: 'owner', fields: [{ name: 'email', kind: 'email', required: true }] }],
      values: { email: 'ada@shop.example' },
      locked: [],
      faults: [],
      editable: true,
      reopenable: false,
      ...(details as object),
    },
    accounts: [],
    billing: null,
    sign: null,
    done: { message: null, redirect: null, redirect_label: null },
    ...more,
  });

function stateWith(ask: () => OnboardingView = told, prepare: () => unknown = () => undefined) {
  const news: [before: number | undefined, blamed: boolean][] = [];
  const state = new RunState(async () => ask(), prepare);
  state.subscribe((before, blamed) => news.push([before?.revision, blamed]));
  return { state, news };
}

test('a run that is read begins at its own step, with its answers in the form; what is older is left', async () => {
  const { state, news } = stateWith();
  await state.read();
  assert.deepEqual([state.shown, state.step.kind, state.revision, state.form.answer('email')], ['about', 'details', 1, 'ada@shop.example']);
  await state.take(told({ revision: 0, step: 'accounts' }));
  assert.deepEqual([state.view.step, news], ['about', [[undefined, false]]]);
});

test('a run that goes on leaves the shown step where it is, and what was typed here', async () => {
  const { state, news } = stateWith();
  await state.read();
  state.form.type('email', 'grace@shop.example');
  await state.take(told({ revision: 2, step: 'accounts' }));
  assert.deepEqual([state.shown, state.form.answer('email'), state.form.dirty], ['about', 'grace@shop.example', true]);
  state.keep(3, '2026-11-30T10:00:00Z');
  assert.deepEqual([state.revision, state.view.saved_at], [3, '2026-11-30T10:00:00Z']);
  assert.deepEqual(news, [
    [undefined, false],
    [1, false],
  ]);
});

test('another run begins anew: nothing that was typed or shown for the last one stays', async () => {
  const { state, news } = stateWith();
  await state.read();
  state.form.type('email', 'grace@shop.example');
  await state.take(told({ run_id: 'run_two', revision: 0, step: 'accounts' }));
  assert.deepEqual([state.shown, state.form.answer('email'), state.form.dirty], ['accounts', 'ada@shop.example', false]);
  assert.deepEqual(news[1], [undefined, false]);
});

test('a run is taken when what it needs has come, and not at all where that fails', async () => {
  let fails = true;
  const { state, news } = stateWith(told, () => fails && Promise.reject(new Error('no script')));
  await assert.rejects(state.read(), /no script/);
  assert.deepEqual([state.view, news], [undefined, []]);
  fails = false;
  await state.read();
  assert.equal(state.revision, 1);
});

test('faults that a vendor gave back are told of once', async () => {
  const { state, news } = stateWith();
  await state.read();
  await state.take(told({ revision: 2, details: { faults: [fault] } }));
  await state.take(told({ revision: 3, details: { faults: [fault] } }));
  assert.deepEqual(
    news.map(([, blamed]) => blamed),
    [false, true, false],
  );
  assert.equal(state.form.faults.get('email')?.code, 'taken');
});

test('something is under way while a vendor or a signature is, and neither while the form is open nor when all is done', async () => {
  const { state } = stateWith();
  const billing = { vendor: 'kelviq', state: 'waiting', checked_at: null, done_at: null };
  const at = async (revision: number, more: Record<string, unknown>) => {
    await state.take(told({ revision, ...more }));
    return state.isMoving;
  };
  assert.equal(await at(1, { billing }), false);
  assert.equal(state.isEditing(), true);
  state.shown = 'accounts';
  assert.equal(await at(2, { billing }), true);
  assert.equal(await at(3, { billing: { ...billing, state: 'done' } }), false);
  assert.equal(await at(4, { billing, status: 'done' }), false);
});
