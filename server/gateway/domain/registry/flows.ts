import { type Flow, type Provisioner, provisioners } from '../../../../shared/onboarding/flow.ts';
import { Failure, type Fault } from '../../../../shared/problem.ts';
import type { Mode } from '../../../../shared/registry.ts';
import type { Storage, Stores } from '../records/ports.ts';
import { agreement, defaultFlow, mappings } from './default-flow.ts';
import { findPartner } from './partners.ts';
import { prefillFaults } from './prefill.ts';
import { signFaults } from './sign-faults.ts';

/** The flow a new run begins with: the partner's newest, or the default one made from the vendors whose keys are stored. */
export async function flowInForce(stores: Stores, partnerId: string, mode: Mode): Promise<{ version: number; flow: Flow }> {
  const own = await stores.flows.newest(partnerId);
  if (own) return own;
  const stored: Provisioner[] = [];
  for (const vendor of provisioners) if (await stores.credentials.findFor(partnerId, '', vendor, mode)) stored.push(vendor);
  const signs =
    (await stores.documents.find(partnerId, agreement)) && (await stores.credentials.findFor(partnerId, '', 'loyva', mode)) !== undefined;
  return { version: 0, flow: defaultFlow(stored, signs === true) };
}

export function createFlows({ storage }: { storage: Storage }) {
  return {
    async show(partnerId: string) {
      await findPartner(storage.read, partnerId);
      return flowInForce(storage.read, partnerId, 'live');
    },
    /** Runs that have begun keep the version they began with. */
    set: (partnerId: string, flow: Flow, actor: string, at: number) =>
      storage.transact(async (stores) => {
        await findPartner(stores, partnerId);
        const documents = (await stores.documents.list(partnerId)).map(({ name }) => name);
        const origins = await stores.partners.origins(partnerId);
        const errors = [...flowFaults(flow, origins), ...signFaults(flow, documents), ...prefillFaults(flow)];
        if (errors.length > 0) throw new Failure('invalid-input', undefined, { errors });
        const version = ((await stores.flows.newest(partnerId))?.version ?? 0) + 1;
        await stores.flows.insert(partnerId, version, flow, at);
        await stores.record({ kind: 'flow.set', at, partner: partnerId, actor, about: { version } });
        return { version, flow };
      }),
  };
}

const fault = (pointer: string, message: string): Fault => ({ pointer, code: 'flow', message });

/** What a schema cannot say: the order of steps, and names that must belong together. */
export function flowFaults({ steps }: Flow, origins: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const ids = new Set<string>();
  const fields = new Set<string>();
  const opened = new Set<string>();
  if (steps[0]?.kind !== 'details' || steps.filter((step) => step.kind === 'details').length !== 1)
    faults.push(fault('/steps', 'The first step, and only the first, is "details".'));
  if (steps.at(-1)?.kind !== 'done' || steps.filter((step) => step.kind === 'done').length !== 1)
    faults.push(fault('/steps', 'The last step, and only the last, is "done".'));
  if (steps.filter((step) => step.kind === 'billing').length > 1) faults.push(fault('/steps', 'At most one step is "billing".'));
  steps.forEach((step, i) => {
    const at = `/steps/${i}`;
    if (ids.has(step.id)) faults.push(fault(`${at}/id`, 'Another step has this id.'));
    ids.add(step.id);
    if (step.kind === 'details')
      step.sections.forEach((section, s) => {
        section.fields.forEach((each, f) => {
          const here = `${at}/sections/${s}/fields/${f}`;
          if (fields.has(each.name)) faults.push(fault(`${here}/name`, 'Another field has this name.'));
          if (each.when && !fields.has(each.when.field)) faults.push(fault(`${here}/when/field`, 'A condition names an earlier field.'));
          if (each.country_field && !fields.has(each.country_field))
            faults.push(fault(`${here}/country_field`, 'The country is an earlier field.'));
          if (each.kind === 'select' && !each.options) faults.push(fault(`${here}/options`, 'A select needs options.'));
          fields.add(each.name);
        });
      });
    if (step.kind === 'provision')
      step.accounts.forEach((account, a) => {
        const here = `${at}/accounts/${a}`;
        if (opened.has(account.vendor)) faults.push(fault(`${here}/vendor`, 'This vendor opens an account in an earlier step.'));
        opened.add(account.vendor);
        for (const [theirs, ours] of Object.entries(account.mapping)) {
          if (!Object.hasOwn(mappings[account.vendor].default, theirs))
            faults.push(fault(`${here}/mapping/${theirs}`, `${account.vendor} has no such field.`));
          if (!fields.has(ours)) faults.push(fault(`${here}/mapping/${theirs}`, `No field is named ${ours}.`));
        }
        for (const theirs of mappings[account.vendor].required)
          if (!Object.hasOwn(account.mapping, theirs)) faults.push(fault(`${here}/mapping`, `${theirs} must be mapped.`));
      });
    if (step.kind === 'billing' && !opened.has(step.vendor))
      faults.push(fault(`${at}/vendor`, 'Its account is opened in no earlier step.'));
    if (
      step.kind === 'done' &&
      step.redirect !== undefined &&
      !(URL.canParse(step.redirect) && origins.includes(new URL(step.redirect).origin))
    )
      faults.push(fault(`${at}/redirect`, 'A redirect leads to one of the registered origins.'));
  });
  return faults;
}
