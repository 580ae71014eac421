import { type StartedGateway, startGateway } from '../start-gateway.ts';
import { mintedToken } from '../visitor.ts';
import { openPaperPages } from '../widget/paper/paper-page.ts';
import { type Answer, hostFiles, hostPage, type Placement } from '../widget/world/host-page.ts';

/** The partner's pages of a run, on its own origin, and the servers behind them: each is started when it is first asked for. */
export interface Pages {
  /** Nothing when the address is none of theirs. */
  answer(url: URL): Promise<Answer | { headers: Record<string, string>; body: Uint8Array } | undefined>;
  mint(): Promise<string>;
  close(): Promise<void>;
}

export function createPages(origin: string): Pages {
  const closing: (() => Promise<void>)[] = [];
  const once = <T extends { close(): Promise<void> }>(open: () => Promise<T>): (() => Promise<T>) => {
    let opened: Promise<T> | undefined;
    return () => {
      if (!opened) {
        const opening = open();
        opened = opening;
        closing.push(async () => (await opening).close());
      }
      return opened;
    };
  };
  const gateway = once(() => startGateway());
  const paper = once(openPaperPages);
  let partner: ReturnType<StartedGateway['partner']> | undefined;
  let customers = 0;
  return {
    async answer(url) {
      if (url.pathname.startsWith('/paper/')) return (await paper()).answer(url);
      if (url.pathname !== '/partner') return hostFiles[url.pathname];
      return hostPage((await gateway()).url, JSON.parse(url.searchParams.get('placement') ?? '{}') as Placement);
    },
    async mint() {
      const started = await gateway();
      partner ??= started.partner({ origins: [origin] });
      const { key } = await partner;
      customers += 1;
      return mintedToken(started.url, key, { customer: { external_id: `element-${customers}` } });
    },
    async close() {
      for (const close of closing) await close();
    },
  };
}
