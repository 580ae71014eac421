import { pointerTo } from '../../../../shared/json-pointer.ts';
import type { SignStep, Values } from '../../../../shared/onboarding/flow.ts';
import type { Fault } from '../../../../shared/problem.ts';
import { lengthOf } from '../../../../shared/signing/fields.ts';
import { type Prefilled, saidIn } from '../registry/prefill.ts';
import { partyOf } from '../run/sign-step.ts';
import type { OrderPart, OrderRefusal } from './vendor.ts';

/**
 * A refusal of what the answers make of an envelope. `faults`: for the partner, by the parts of the step, and without a word of the answers.
 * `told`: for the customer, at their answers; undefined where no answer of theirs would help, for the mapping or the document is at fault.
 */
export interface Blame {
  readonly faults: readonly Fault[];
  readonly told: readonly Fault[] | undefined;
}

/** A vendor's codes that another answer is the remedy for, and the rule that whoever answers is told. */
const rules: Readonly<Record<string, string>> = {
  'too-long': 'too-long',
  too_big: 'does-not-fit',
  'does-not-fit': 'does-not-fit',
  'no-such-option': 'not-an-option',
  glyph: 'characters',
  'control-characters': 'characters',
};

/** A part of the envelope: where the flow's step has it, the answers it comes from, and what they make. */
interface Part {
  readonly pointer: string;
  readonly answers: readonly string[];
  readonly text: string;
  /** Its code is not the step's fault, whatever it is: only the answers are in it. */
  readonly plain: boolean;
}

function partOf(part: OrderPart | null, step: SignStep, prefilled: readonly Prefilled[], values: Values): Part | undefined {
  if (part === null) return undefined;
  if ('signer' in part) {
    const { [part.signer]: text } = partyOf(step, values);
    return { pointer: `/signer/${part.signer}`, answers: [step.signer[part.signer]].flat(), text, plain: true };
  }
  const filled = prefilled.find(({ field }) => field === part.field);
  return filled && { pointer: pointerTo('prefill', filled.field), answers: filled.answers, text: String(filled.value), plain: false };
}

/** Nothing where no part that the answers make is at fault. `locked`: the answers that the partner has fixed. */
export function blameOf(
  refusals: readonly OrderRefusal[],
  { step, prefilled, values, locked }: { step: SignStep; prefilled: readonly Prefilled[]; values: Values; locked: readonly string[] },
): Blame | undefined {
  const found = refusals.map((refusal) => ({ refusal, part: partOf(refusal.part, step, prefilled, values) }));
  if (!found.some(({ part }) => part)) return undefined;
  const faults = found.map(({ refusal, part }) => ({ pointer: part?.pointer ?? '', code: refusal.code }));
  if (!found.every(({ refusal, part }) => part && (part.plain || Object.hasOwn(rules, refusal.code)))) return { faults, told: undefined };
  const told = found.flatMap(({ refusal, part }) => (part ? toldOf(refusal, part, values, locked) : []));
  return { faults, told: told.filter(({ pointer }, i) => told.findIndex((other) => other.pointer === pointer) === i) };
}

/** Of several answers that are joined the one with what is at fault, or the longest: what is too long is shortened there. */
function toldOf({ code, params = {} }: OrderRefusal, { answers, text: whole }: Part, values: Values, locked: readonly string[]): Fault[] {
  const rule = Object.hasOwn(rules, code) ? rules[code] : 'vendor-refused';
  const said = answers.map((name) => ({ name, text: saidIn(values, name) }));
  const strange = String(params.characters ?? '')
    .split(' ')
    .filter(Boolean);
  const holding = said.filter(({ text }) => strange.some((character) => text.includes(character)));
  const [longest] = said.toSorted((a, b) => lengthOf(b.text) - lengthOf(a.text));
  const blamed = rule === 'characters' && holding.length > 0 ? holding : longest ? [longest] : [];
  return blamed.map(({ name, text }): Fault => {
    const pointer = `/values/${name}`;
    if (locked.includes(name)) return { pointer, code: 'locked' };
    if (rule === 'vendor-refused') return { pointer, code: rule, params: { vendor: 'loyva' } };
    if (rule === 'characters')
      return strange.length > 0 ? { pointer, code: rule, params: { characters: strange.join(' ') } } : { pointer, code: rule };
    if (rule !== 'too-long') return { pointer, code: rule ?? code };
    const max = Number(params.max);
    if (!Number.isSafeInteger(max)) return { pointer, code: 'does-not-fit' };
    const typed = lengthOf(text);
    return { pointer, code: rule, params: { max: Math.max(max - (lengthOf(whole) - typed), 1), typed } };
  });
}
