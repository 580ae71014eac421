import { CeremonyView } from '../../shared/signing/ceremony.ts';
import { ceremonyOf, type Send } from '../../widget/session/ceremony.ts';
import type { Call } from '../../widget/session/link.ts';
import { CeremonyState, type News } from '../../widget/views/signing/state.ts';

const ada = { id: 's1', name: 'Ada Nordin', role: null, state: 'consented', signed_at: null } as const;
const field = { page: 1, x: 0.1, width: 0.2, height: 0.05, label: null, signer: 's1', mine: true, value: null };

/** An open ceremony of two fields and two pages, as the server tells it; `more` is what is different. */
export const told = (more: Record<string, unknown> = {}): CeremonyView =>
  CeremonyView.parse({
    envelope_id: 'env_harbor',
    name: 'Lease',
    sender: 'Harbor Leasing',
    message: null,
    state: 'open',
    order: 'parallel',
    expires_at: null,
    you: { ...ada, email: 'ada@shop.example', turn: true },
    signers: [{ ...ada, you: true }],
    consent: { version: '1', sha256: 'c'.repeat(64), title: 'Consent', paragraphs: [], given_at: '2026-11-30T10:00:00Z' },
    document: {
      sha256: 'd'.repeat(64),
      size: 1000,
      sealed: false,
      filename: 'lease.pdf',
      pages: Array(2).fill({ width: 595, height: 842 }),
    },
    required_reading: true,
    pages_seen: [],
    fields: [
      { ...field, id: 'low', type: 'text', required: false, y: 0.8 },
      { ...field, id: 'high', type: 'checkbox', required: true, y: 0.2 },
      { ...field, id: 'theirs', type: 'text', required: true, y: 0.5, mine: false, signer: 's2' },
    ],
    revision: 3,
    saved_at: null,
    today: '2026-11-30',
    ended: null,
    completed_at: null,
    ...more,
  });

/** A state before a server that answers as `serve` says, what was asked of that server, and what the state told. */
export function stateBefore(serve: (call: Call) => unknown): { state: CeremonyState; asked: Call[]; news: News[] } {
  const asked: Call[] = [];
  const news: News[] = [];
  const send = async (call: Call) => {
    asked.push(call);
    return serve(call);
  };
  const state = new CeremonyState(ceremonyOf(send as Send));
  state.subscribe((one) => news.push(one));
  return { state, asked, news };
}
