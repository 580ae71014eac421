import type { OnboardingView } from '../../../shared/onboarding/onboarding.ts';
import { Form } from './details/form.ts';

export type Run = OnboardingView;
export type Step = Run['steps'][number];

/** The run went on: from `before`, which is undefined where it is shown anew. `blamed`: a vendor gave back new faults. */
type Listener = (before: Run | undefined, blamed: boolean) => void;

/** A run: as the gateway told it last, with the answers of this page and the step that is shown. No DOM. */
export class RunState {
  /** Undefined until it was read once. */
  view!: Run;
  form = new Form();
  /** The id of the shown step; empty while nothing is. */
  shown = '';
  readonly #ask: () => Promise<Run>;
  readonly #prepare: (run: Run) => unknown;
  readonly #listeners: Listener[] = [];

  /** `ask` brings the run; `prepare` is waited for before one is taken. */
  constructor(ask: () => Promise<Run>, prepare: (run: Run) => unknown) {
    this.#ask = ask;
    this.#prepare = prepare;
  }

  get revision(): number {
    return this.view.revision;
  }

  /** The shown step. */
  get step(): Step {
    const { steps, step } = this.view;
    return (steps.find(({ id }) => id === this.shown) ?? steps.find(({ id }) => id === step) ?? steps[0]) as Step;
  }

  /** Whether this step of a run is the form, and open; of the run that was taken, the shown one. */
  isEditing({ details, step, steps }: Run = this.view, shown: string = this.shown || step): boolean {
    return details.editable && steps.find(({ id }) => id === shown)?.kind === 'details';
  }

  /** Something is under way elsewhere, and the customer does not write. */
  get isMoving(): boolean {
    const { accounts, billing, sign, status } = this.view;
    const moving = accounts.some(isBusy) || /waiting|needed/.test(billing?.state ?? '') || /ing$/.test(sign?.state ?? '');
    return moving && status !== 'done' && !this.isEditing();
  }

  /** For as long as the state is there. */
  subscribe(listener: Listener): void {
    this.#listeners.push(listener);
  }

  async read(): Promise<void> {
    await this.take(await this.#ask());
  }

  /** Takes what the gateway tells, unless something newer was already told. Of another customer's run nothing of the last one stays. */
  async take(run: Run): Promise<void> {
    if (this.view && this.view.run_id !== run.run_id) {
      this.form = new Form();
      this.shown = '';
    }
    await this.#prepare(run);
    const before = this.shown ? this.view : undefined;
    if (before && run.revision < before.revision) return;
    this.view = run;
    this.shown ||= run.step;
    const blamed = this.form.take(run.details);
    for (const listener of this.#listeners) listener(before, blamed);
  }

  /** The gateway kept the answers. */
  keep(revision: number, saved_at: string): void {
    this.view = { ...this.view, revision, saved_at };
  }
}

/** An account on which somebody is at work. */
export const isBusy = ({ state }: Run['accounts'][number]): boolean => /planned|asking|opened/.test(state);
