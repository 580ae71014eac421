import assert from 'node:assert/strict';
import fc, { type AsyncCommand } from 'fast-check';
import type { StartedPlatform } from '../../start-platform.ts';
import { complete, create, dataOf, partner } from '../world/envelopes.ts';
import { type Act, acts, type Held, type Link, type Model, type Real, read, stateAt } from './vault-model-moves.ts';
import { keptOf } from './vault-stage.ts';

/** The moves of the model as fast-check tries them: each for one of a few envelopes, and each followed by a look at everything. */

export type Command = AsyncCommand<Model, Real>;

const mostEnvelopes = 3;
const room = ({ envelopes }: Model) => envelopes.length < mostEnvelopes;
const some = ({ envelopes }: Model) => envelopes.length > 0;

const command = (name: string, check: (model: Readonly<Model>) => boolean, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check,
  async run(model, real) {
    await run(model, real);
    // Damage is what is being tried here; that it is reported is looked at elsewhere.
    assert.deepEqual(real.platform.reported.splice(0).filter(isBug), []);
    real.after(model);
  },
  toString: () => name,
});
const isBug = (error: unknown): boolean => !(error instanceof Error && error.name === 'DamagedFile');

const onOne = (name: string, act: Act) => (i: number) =>
  command(`${name}(${i})`, some, (model, real) => act(model.envelopes[i % model.envelopes.length] as Held, real, model));

const later = (name: string, ms: number) => () =>
  command(name, some, async ({ envelopes }, { platform }) => {
    platform.clock.now += ms;
    const lapsed = envelopes.filter((held) => stateAt(held, platform.clock.now) !== held.state);
    if (lapsed.length > 0) await platform.runJobs();
    for (const held of lapsed) held.state = 'vaulted';
  });

/** What leads an envelope on its way. */
const ahead: Partial<Record<Held['state'], Act | undefined>> = {
  pending: acts.upload,
  uploaded: acts.vaultIn,
  completed: acts.vaultIn,
  vaulted: acts.release,
  released: acts.acknowledge,
};
const forward: Act = async (held, real, model) => ahead[stateAt(held, real.platform.clock.now)]?.(held, real, model);

/** By name; the number says which of the envelopes, or of the links. */
export const turns: Readonly<Record<string, (i: number) => Command>> = {
  paper: () => command('paper', room, async ({ envelopes }, { platform }) => void envelopes.push(await paper(platform))),
  sign: () =>
    command(
      'sign',
      (model) => room(model) && model.envelopes.every(({ kind }) => kind === 'paper'),
      async ({ envelopes }, { platform }) => void envelopes.push(await signed(platform)),
    ),
  ...Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, onOne(name, act)])),
  forward: onOne('forward', forward),
  read: (i) =>
    command(
      `read(${i})`,
      ({ links }) => links.length > 0,
      (model, real) => read(model.links[i % model.links.length] as Link, real),
    ),
  minutes: later('minutes', 240_000),
  days: later('days', 73 * 3_600_000),
  jobs: () => command('jobs', some, (_model, { platform }) => platform.runJobs()),
};

/** Most moves are refused in most states: without these few envelopes would ever come to their end. */
const often = ['paper', 'forward', 'forward', 'forward', 'forward', 'forward', 'forward', 'read', 'read', 'days'];

export const arbitraries: fc.Arbitrary<Command>[] = [...Object.keys(turns), ...often].map((name) =>
  fc.nat({ max: 5 }).map((i) => (turns[name] as (i: number) => Command)(i)),
);

async function paper(platform: StartedPlatform): Promise<Held> {
  const request = { customer_email: 'ada@shop.example', customer_name: 'Ada Nordin', envelope_kind: 'paper', envelope_name: 'Lease' };
  const answer = await partner(platform, 'POST', '', request);
  assert.equal(answer.status, 201, answer.text);
  return { id: dataOf(answer).envelope_id, kind: 'paper', state: 'pending', sha256: '', acknowledgeBy: 0, repair: undefined };
}

async function signed(platform: StartedPlatform): Promise<Held> {
  const id = await create(platform);
  await complete(platform, id);
  const sha256 = keptOf(platform, id).authoritative?.sha256 ?? '';
  return { id, kind: 'esign', state: 'completed', sha256, acknowledgeBy: 0, repair: undefined };
}
