import assert from 'node:assert/strict';
import { ask, assertGuarded, assertRefused, order } from './envelopes.ts';
import { both, type Row } from './world/row.ts';
import { assertLike } from './world/shape.ts';
import { data, type Target } from './world/targets.ts';

/** Templates are ours: Loyva's documentation names them by their id alone. */

const moment = '2026-04-11T10:00:00.000Z';
const templatesPath = '/api/v2/partner/templates';
const fields = [{ type: 'signature', signer: 'Buyer', page: 1, x: 0.1, y: 0.7, width: 0.3, height: 0.08 }];
const kept = new WeakMap<Target, Promise<Record<string, unknown>>>();
/** One template of a target, for checks that leave it as it is. */
function standingTemplate(target: Target): Promise<Record<string, unknown>> {
  const found = kept.get(target) ?? templateMade(target);
  kept.set(target, found);
  return found;
}

async function templateMade(target: Target): Promise<Record<string, unknown>> {
  const { document } = await order(target);
  return data(ask(target, 'POST', templatesPath, { name: 'Lease', document, fields }), 201);
}
const template = {
  template_id: 'tmpl_0a1b2c3d4e5f',
  name: 'Lease',
  signing_order: 'parallel',
  roles: ['Buyer'],
  fields: [{ type: 'signature', signer: 'Buyer', page: 1 }],
  pages: 1,
  created_at: moment,
};
const templateOf = (id: unknown): string => `${templatesPath}/${id}`;
const templateRow = (endpoint: string, good: Row['good'], bad: Row['bad']): Row => ({ endpoint, at: both, good, bad });

export const templateRows: readonly Row[] = [
  templateRow(
    'GET /partner/templates',
    async (target) => {
      const { template_id } = await standingTemplate(target);
      const { json } = await ask(target, 'GET', `${templatesPath}?page=1&limit=100`);
      assert.ok((json.data as Record<string, unknown>[]).some((each) => each.template_id === template_id));
      assert.deepEqual(Object.keys(json.meta as object), ['page', 'limit', 'total']);
    },
    async (target) => {
      assertRefused(await ask(target, 'GET', `${templatesPath}?limit=101`), 422);
      await assertGuarded(target, 'GET', () => templatesPath);
    },
  ),
  templateRow(
    'POST /partner/templates',
    async (target) => {
      const made = await standingTemplate(target);
      assertLike(made, template, { more: true });
      assert.deepEqual([made.name, made.roles, made.pages], ['Lease', ['Buyer'], 1]);
      const signers = [{ email: 'kim@shop.example', name: 'Kim', role: 'Buyer' }];
      const over = { document: undefined, template_id: made.template_id, signers };
      const envelope = await data(ask(target, 'POST', '', await order(target, over)), 201);
      assert.deepEqual([envelope.status, envelope.template_id], ['sent', made.template_id]);
    },
    async (target) => {
      const { document } = await order(target);
      assertRefused(await ask(target, 'POST', templatesPath, {}), 422, '/name', '/document');
      const past = [{ ...fields[0], page: 9 }];
      assert.equal((await ask(target, 'POST', templatesPath, { name: 'Lease', document, fields: past })).status, 422);
      await assertGuarded(target, 'POST', () => templatesPath, {});
    },
  ),
  templateRow(
    'GET /partner/templates/:id',
    async (target) => {
      // What was changed in its document is said once, where it is made.
      const { warnings, ...made } = await standingTemplate(target);
      assert.deepEqual([await data(ask(target, 'GET', templateOf(made.template_id)), 200), warnings], [made, []]);
    },
    (target) => assertGuarded(target, 'GET', templateOf),
  ),
  templateRow(
    'DELETE /partner/templates/:id',
    async (target) => {
      const { template_id } = await templateMade(target);
      assert.deepEqual(await data(ask(target, 'DELETE', templateOf(template_id)), 200), { template_id, deleted: true });
      for (const method of ['GET', 'DELETE']) assertRefused(await ask(target, method, templateOf(template_id)), 404);
    },
    (target) => assertGuarded(target, 'DELETE', templateOf),
  ),
];
