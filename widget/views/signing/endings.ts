import { html, nothing, type TemplateResult } from 'lit/html.js';
import { drawn, icon } from '../../parts/icons.ts';
import { type Content, primary, type Turn, title, turnLine } from '../../parts/pieces.ts';
import { icons } from './icons.ts';
import type { Model, Signer } from './model.ts';
import { momentOf } from './moment.ts';
import type { Scene } from './state.ts';

export interface EndingProps {
  downloading: boolean;
  onDownload(): void;
}

interface Told {
  turn?: [Turn, string];
  heading: string;
  lead: string;
  /** Everybody who signs, and how far each is. */
  signers?: boolean;
  seal?: boolean;
  download?: boolean;
}

/** States in which the signer has nothing to do: a column in the middle. */
export function endingView(model: Model, name: Scene, props: EndingProps): TemplateResult {
  const { words, view, level } = model;
  const { turn, heading, lead, signers, seal, download } = toldOf(model, name);
  return html`
    ${model.strip()}
    <section class="centre" part="content" aria-labelledby="title">
      ${seal ? html`<span class="seal" aria-hidden="true">${icon('check')}</span>` : nothing}
      ${turn ? turnLine(...turn) : nothing}
      <div class="content-head">${title(heading, level)}<p class="lead" part="lead">${lead}</p></div>
      ${signers ? signersView(model) : nothing}
      ${
        download
          ? html`<div class="actions" part="actions">${primary({
              label: words.say('completed.download'),
              icon: drawn(icons.download),
              busy: props.downloading ? words.say('saved.busy') : undefined,
              press: props.onDownload,
            })}</div>`
          : nothing
      }
      <p class="hint">${numberLine(model, view.envelope_id)}</p>
    </section>`;
}

const numberLine = ({ words, view }: Model, id: string): string => words.say('envelope.number', { id, sender: view.sender });

function toldOf(model: Model, name: Scene): Told {
  const { words, view, next } = model;
  const { sender, ended } = view;
  const theirs = (who: string): [Turn, string] => ['other', words.say('turn.of', { name: who })];
  const who = next?.name ?? sender;
  if (name === 'waiting')
    return { turn: theirs(who), heading: words.say('waiting.title'), lead: words.say('waiting.lead', { name: who }), signers: true };
  if (name === 'signed')
    return { seal: true, heading: words.say('signed.title'), lead: words.say('signed.lead', { name: who }), signers: true };
  if (name === 'sealing')
    return { turn: ['us', words.say('turn.us')], heading: words.say('sealing.title'), lead: words.say('sealing.lead'), signers: true };
  if (name === 'completed')
    return { seal: true, heading: words.say('completed.title'), lead: words.say('completed.lead'), signers: true, download: true };
  if (name === 'declined') return { turn: theirs(sender), ...declinedTold(model) };
  if (name === 'expired')
    return {
      turn: theirs(sender),
      heading: words.say('expired.title'),
      lead: words.say('expired.lead', { time: momentOf(words, view.expires_at), sender }),
    };
  const reason = ended?.reason ? ` ${words.say('voided.reason', { sender, reason: ended.reason })}` : '';
  return { turn: theirs(sender), heading: words.say('voided.title', { sender }), lead: words.say('voided.lead') + reason };
}

function declinedTold({ words, view }: Model): Pick<Told, 'heading' | 'lead'> {
  const { sender, you, ended, signers } = view;
  if (you.state === 'declined')
    return { heading: words.say('declined.you.title'), lead: words.say('declined.you.lead', { sender, reason: ended?.reason ?? '' }) };
  const name = signers.find(({ state }) => state === 'declined')?.name ?? ended?.by ?? sender;
  return { heading: words.say('declined.other.title', { name }), lead: words.say('declined.other.lead') };
}

function signersView(model: Model): TemplateResult {
  const { words, view, next } = model;
  const sealed = view.state === 'completed' ? 'done' : view.state === 'finishing' ? 'now' : 'todo';
  const note = sealed === 'done' ? momentOf(words, view.completed_at) : words.say(sealed === 'now' ? 'signers.sealing' : 'signers.later');
  return html`
    <section class="card" part="card" aria-label=${words.say('signers.title')}>
      <ol class="tasks num">
        ${view.signers.map((signer) => signerView(model, signer, signer === next || (view.order === 'parallel' && signer.state !== 'signed')))}
        ${task(sealed, words.say('signers.sealed'), note)}
      </ol>
    </section>`;
}

function signerView({ words }: Model, signer: Signer, next: boolean): TemplateResult {
  const { role, state, signed_at, you } = signer;
  const named = you ? words.say('signers.you', { name: signer.name }) : signer.name;
  const text = role ? words.say('signers.role', { name: named, role }) : named;
  if (state === 'signed') return task('done', text, momentOf(words, signed_at));
  const notes = { waiting: 'signers.later', asked: 'signers.asked', consented: 'signers.opened', declined: 'signers.declined' } as const;
  return task(next ? 'now' : 'todo', text, words.say(notes[state]));
}

function task(state: 'done' | 'now' | 'todo', text: string, when: string): TemplateResult {
  const marks: Record<typeof state, Content> = {
    done: icon('check'),
    now: html`<span class="spinner" aria-hidden="true"></span>`,
    todo: html`<span class="dot" aria-hidden="true"></span>`,
  };
  return html`<li class="task" data-task=${state}>${marks[state]}<span><bdi>${text}</bdi></span><span class="when">${when}</span></li>`;
}
