import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { AccountView } from '../../../shared/onboarding/onboarding.ts';
import { drawn, icon } from '../../parts/icons.ts';
import { type Content, notice, primary, quiet, title, turnLine } from '../../parts/pieces.ts';
import type { Words } from '../../text/words.ts';
import type { Model } from './model.ts';
import { type Reopen, reopenButton } from './reopen.ts';
import { isBusy } from './state.ts';
import { unknownIcon, vendorIcons } from './vendor-icons.ts';

/** One card per vendor. `onGo` is there when the next step is open. */
export function accountsView(
  model: Model,
  onGo: (() => void) | undefined,
  onBack: (() => void) | undefined,
  reopen: Reopen | undefined,
): TemplateResult {
  const { words, run, level } = model;
  const { turn, heading, lead } = summaryOf(model, onGo !== undefined);
  return html`
    ${model.head(turn, title(heading, level), lead)}
    <div class="cards">${run.accounts.map((account) => cardView(model, account, onGo !== undefined))}</div>
    <div class="actions" part="actions">
      ${stuck(model) && reopen ? reopenButton(model, reopen) : nothing}
      ${onGo ? primary({ label: model.goLabel, icon: 'next', press: onGo }) : nothing}
      ${onBack && !(stuck(model) && reopen) ? quiet(words.say('accounts.back'), onBack) : nothing}
    </div>`;
}

/** Nothing goes on by itself, since a vendor has refused. */
const stuck = ({ run }: Model): boolean => run.accounts.some(({ state }) => state === 'refused');

function summaryOf(model: Model, open: boolean): { turn: TemplateResult; heading: string; lead: string } {
  const { words, run } = model;
  const n = run.accounts.length;
  if (run.accounts.some(isBusy) && !stuck(model))
    return { turn: turnLine('us', words.say('turn.us')), heading: words.say('accounts.busy.title'), lead: words.say('accounts.busy.lead') };
  if (stuck(model))
    return {
      turn: turnLine('other', words.say('turn.partner')),
      heading: words.say('accounts.refused.title'),
      lead: words.say(open ? 'accounts.refused.go' : run.details.reopenable ? 'accounts.refused.change' : 'accounts.refused.lead'),
    };
  if (run.accounts.some(({ state }) => state !== 'ready'))
    return {
      turn: turnLine('other', words.say('turn.partner')),
      heading: words.say('accounts.unclear.title'),
      lead: words.say(open ? 'accounts.unclear.go' : 'accounts.unclear.lead'),
    };
  return {
    turn: open ? turnLine('you', words.say('turn.you')) : turnLine('done', words.say('account.ready')),
    heading: words.say('accounts.ready.title', { n }),
    lead: words.say('accounts.ready.lead'),
  };
}

function accountTurn(model: Model, account: AccountView): TemplateResult {
  const { words } = model;
  if (account.state === 'ready') return turnLine('done', words.say('account.ready'));
  return isBusy(account) ? turnLine('us', words.say('account.busy')) : turnLine('other', words.say('turn.partner'));
}

/** What an account has come to, for the live region. */
export function accountSaid(words: Words, { vendor, state }: AccountView): string {
  const said = { planned: 'account.busy', asking: 'account.open.now', opened: 'account.ready.now', ready: 'account.ready' } as const;
  const key = state === 'unknown' ? 'account.unknown.title' : state === 'refused' ? 'account.refused.title' : said[state];
  return words.say('account.said', { vendor: words.say(`vendor.${vendor}`), state: words.say(key) });
}

function cardView(model: Model, account: AccountView, open: boolean): TemplateResult {
  const { words, level } = model;
  const { vendor } = account;
  return html`
    <section class="card" part="card" aria-labelledby="v-${vendor}">
      <div class="card-head">
        <span class="tile">${drawn(vendorIcons[vendor])}</span>
        <div>
          <h3 class="subtitle" id="v-${vendor}" aria-level=${level + 1}>${model.vendor(vendor)}</h3>
          <p class="small muted">${words.say(`vendor.${vendor}.note`)}</p>
        </div>
        ${accountTurn(model, account)}
      </div>
      ${account.state === 'unknown' || account.state === 'refused' ? unclearView(model, account, open) : tasksView(model, account)}
    </section>`;
}

function unclearView(model: Model, { vendor: id, state, asked_at, opened_at }: AccountView, open: boolean): TemplateResult {
  const { words, level } = model;
  const vendor = model.vendor(id);
  const kind = state === 'unknown' ? 'unknown' : opened_at ? 'untold' : 'refused';
  const text = words.say(`account.${kind}.text`, { vendor, time: words.time(asked_at) });
  const meanwhile = open ? ` ${words.say('account.unknown.go')}` : '';
  return notice(
    'warning',
    kind === 'unknown' ? drawn(unknownIcon) : 'alert',
    words.say(`account.${kind}.title`),
    level + 2,
    text + meanwhile,
  );
}

function tasksView(model: Model, { vendor, state, asked_at, opened_at, ready_at, checked_at, unreachable }: AccountView): TemplateResult {
  const { words } = model;
  const opened = state === 'opened' || state === 'ready';
  const ago = (instant: string | null) => (instant ? words.say('account.asked', { ago: model.since(instant) }) : '');
  const kept = words.time(opened_at);
  return html`
    <ol class="tasks">
      ${opened ? doneTask(words.say('account.open.todo'), kept) : nowTask(words.say('account.open.now'), ago(asked_at))}
      ${opened ? doneTask(words.say('account.keys'), kept) : todoTask(words.say('account.keys'))}
      ${
        state === 'ready'
          ? doneTask(words.say('account.ready.todo'), words.time(ready_at))
          : opened
            ? nowTask(words.say('account.ready.now'), ago(checked_at))
            : todoTask(words.say('account.ready.todo'))
      }
    </ol>
    ${
      unreachable && state !== 'ready'
        ? html`<p class="aside">${icon('clock', 's')}${words.say('account.unreachable', { vendor: model.vendor(vendor) })}</p>`
        : nothing
    }`;
}

const task = (state: string, mark: Content, text: string, when: string): TemplateResult =>
  html`<li class="task" data-task=${state}>${mark}<span>${text}</span><span class="when num">${when}</span></li>`;
const doneTask = (text: string, time: string) => task('done', icon('check'), text, time);
const nowTask = (text: string, when: string) => task('now', html`<span class="spinner" aria-hidden="true"></span>`, text, when);
const todoTask = (text: string) => task('todo', html`<span class="dot" aria-hidden="true"></span>`, text, '');
