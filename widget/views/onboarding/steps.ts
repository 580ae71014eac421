import type { TemplateResult } from 'lit/html.js';
import cards from '../../styles/cards.css?inline';
import { progress } from '../../text/en/progress.ts';
import { rules } from '../../text/en/rules.ts';
import { Words } from '../../text/words.ts';
import { adopt } from '../../theme.ts';
import type { Host } from '../view.ts';
import { accountSaid, accountsView } from './accounts.ts';
import { billingView } from './billing/billing.ts';
import { BillingDesk } from './billing/billing-step.ts';
import { Desk, type Ways } from './details/details-step.ts';
import type { Form } from './details/form.ts';
import { sentView } from './details/sent.ts';
import { doneView } from './done.ts';
import type { Run, Stage, Step } from './model.ts';
import styles from './progress.css?inline';
import { SignRoom } from './sign-step.ts';

/** What the form needs once somebody answers it, and every step that follows. Comes in its own chunk, at the first sign of a customer. */
export class Work {
  readonly desk: Desk;
  readonly #host: Host;
  readonly #billing: BillingDesk;
  readonly #room: SignRoom;

  constructor(host: Host, form: Form, ways: Ways) {
    Words.learn({ ...rules, ...progress });
    adopt(host.renderRoot, cards, styles);
    this.#host = host;
    this.desk = new Desk(host, form, ways);
    this.#billing = new BillingDesk(host);
    this.#room = new SignRoom(host, () => ways.read());
  }

  render(stage: Stage, go: (step: Step) => void): TemplateResult {
    const { steps, step: current } = stage.run;
    const { kind } = stage.step;
    const goes = (other: Step | undefined) => (other && other.state !== 'todo' ? () => go(other) : undefined);
    const reopen = stage.run.details.reopenable ? { busy: this.desk.reopening, press: () => void this.desk.reopen() } : undefined;
    if (kind === 'billing') return billingView(stage, this.#billing.props);
    if (kind === 'done') return doneView(stage);
    if (kind === 'sign') return this.#room.render(stage, goes(stage.next), reopen);
    if (kind === 'provision') return accountsView(stage, goes(stage.next), goes(steps.find((step) => step.kind === 'details')), reopen);
    return sentView(stage, goes(steps.find(({ id }) => id === current)), reopen);
  }

  /** The whole of the view, for a step that needs all the room there is. */
  room(stage: Stage, go: (step: Step) => void): TemplateResult | undefined {
    return stage.step.kind === 'sign' ? this.#room.whole(stage, go) : undefined;
  }

  drawn(): void {
    this.#room.drawn();
  }

  /** Does ahead what a step needs when it is shown. */
  enter({ billing, sign }: Run, { kind, id }: Step): void {
    this.desk.draft.resume();
    if (kind === 'billing' && billing?.state === 'needed') this.#billing.prepare(id);
    if (kind === 'sign' && sign) this.#room.enter(sign.state, sign.envelope_id);
    else this.#room.leave();
  }

  pause(): void {
    this.desk.draft.leave();
    this.#room.leave();
  }

  /** What became of the accounts since, and of the document, in words. */
  news(before: Run, run: Run): string {
    const { words } = this.#host;
    const renewed = run.sign?.renewed && before.sign?.envelope_id && !run.sign.envelope_id;
    const was = (vendor: string) => before.accounts.find((account) => account.vendor === vendor)?.state;
    const moved = run.accounts.filter(({ vendor, state }) => was(vendor) !== state);
    const said = moved.map((account) => accountSaid(words, account));
    if (renewed) said.push(words.say('agree.renewed', { title: run.sign?.title ?? '' }));
    return said.join('. ');
  }
}
