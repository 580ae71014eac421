import { ceremonyPath, discoveryPath } from '../../../shared/signing/ceremony.ts';
import { json, type Reply, startStubVendor } from './stub-vendor.ts';

/** An envelope as the stub has it. */
export interface StubEnvelope {
  readonly envelope_id: string;
  readonly external_id: string;
  status: string;
  signers: { email: string; status: string }[];
}

/** A call's method and its path below the partner's envelopes, the ceremony, or the host; `:id` for an envelope's. */
export type Door = `${'GET' | 'POST' | 'PUT'} ${string}`;

/** A Loyva that answers by its book, and at the doors a test names as the test says: late, wrongly, not at all. */
export async function startStubLoyva() {
  const vendor = await startStubVendor();
  const envelopes: StubEnvelope[] = [];
  const overrides = new Map<Door, Reply>();
  const calls: Door[] = [];
  let passes = 0;

  function make(body: string): StubEnvelope {
    const order = JSON.parse(body) as { external_id: string; signers: { email: string }[] };
    const signers = order.signers.map(({ email }) => ({ email, status: 'waiting' }));
    const made = {
      envelope_id: `env_${String(envelopes.length + 1).padStart(12, '0')}`,
      external_id: order.external_id,
      status: 'sent',
      signers,
    };
    envelopes.unshift(made);
    return made;
  }
  const books: Record<string, (id: string, body: string) => Reply> = {
    'POST ': (_, body) => json({ data: make(body) }, 201),
    'GET ': () => json({ data: envelopes, meta: { page: 1, limit: 100, total: envelopes.length } }),
    'GET /:id/status': (id) => {
      const found = envelopes.find(({ envelope_id }) => envelope_id === id);
      return found ? json({ data: { ...found, vaulted: found.status === 'vaulted' } }) : json({ error: 'Not found' }, 404);
    },
    'POST /:id/void': (id) => {
      for (const each of envelopes) if (each.envelope_id === id) each.status = 'voided';
      return json({ data: {} });
    },
    'POST /:id/vault-in-signed': (id) => {
      for (const each of envelopes) if (each.envelope_id === id) each.status = 'vaulted';
      return json({ data: {} });
    },
    [`GET ${discoveryPath}`]: () => json({ version: 1, path: ceremonyPath }),
    'POST /api/v2/embed/token': () => {
      passes += 1;
      return json({ data: { token: `pass-${passes}-canary` } });
    },
  };

  vendor.answerWith((response) => {
    const { method, url = '' } = response.req;
    const [path = ''] = url.split('?');
    const below = path.startsWith('/api/v2/partner/envelopes')
      ? path.slice('/api/v2/partner/envelopes'.length)
      : path.replace(ceremonyPath, '/ceremony');
    const id = /env_\w+/.exec(below)?.[0] ?? '';
    const door = `${method} ${below.replace(/env_\w+/, ':id')}` as Door;
    calls.push(door);
    const body = vendor.received.at(-1)?.body ?? '';
    (overrides.get(door) ?? books[door]?.(id, body) ?? json({ error: 'Not found' }, 404))(response);
  });
  return {
    ...vendor,
    envelopes,
    /** Every call, in order. */
    calls,
    make,
    /** From now on this door answers so; without a reply by the book again. */
    at(door: Door, reply?: Reply): void {
      if (reply) overrides.set(door, reply);
      else overrides.delete(door);
    },
    count: (door: Door) => calls.filter((each) => each === door).length,
  };
}
