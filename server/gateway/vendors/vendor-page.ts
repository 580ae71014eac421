import { z } from 'zod/mini';
import { Failure } from '../../../shared/problem.ts';
import { loyvaKeyHeader, loyvaLinkOrigins, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import { OutboundFailure } from '../../outbound/request.ts';
import type { PageVendor } from '../domain/signing/vendor.ts';
import { type Allowance, waitOf } from './allowance.ts';
import type { Discover } from './discovery.ts';
import { assertKeyless } from './key-guard.ts';
import { vendorLink } from './links.ts';
import { json } from './read.ts';
import type { VendorOptions } from './scribeless.ts';

const Minted = z.object({ data: z.object({ embed_url: z.string().check(z.maxLength(8_192)), expires_at: z.optional(z.string()) }) });

interface Options extends VendorOptions {
  readonly allowance: Allowance;
  readonly discover: Discover;
}

/** Loyva's own signing page (docs.stg.loyva.net/api-reference/embed), for a vendor that has no ceremony. */
export function vendorPage({ origin, request, keyOf, deadline, allowance, discover }: Options): PageVendor {
  return {
    async page(key, envelopeId, email) {
      // Where there is a ceremony its token stays in the gateway, always.
      if ((await discover()) !== undefined) throw new Failure('not-found', 'This vendor has a ceremony; nothing of it is framed.');
      allowance.take(key.id);
      const secret = keyOf(key);
      const answer = await request({
        origin,
        path: loyvaPaths.token,
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json', [loyvaKeyHeader]: secret },
        body: JSON.stringify({ envelope_id: envelopeId, user_email: email, widget_type: 'sign' }),
        deadline,
      }).catch((cause: unknown) => {
        throw cause instanceof OutboundFailure ? new Failure('vendor-unavailable', undefined, { cause }) : cause;
      });
      allowance.learn(key.id, answer);
      const { status, headers } = answer;
      if (status === 409) throw new Failure('ceremony-ended');
      if (status === 404) throw new Failure('not-found', 'There is no such envelope.');
      const detail = `The vendor answered ${status} to a token.`;
      if (status === 429) throw new Failure('rate-limited', detail, { retryAfter: Math.ceil((waitOf(headers) ?? 10_000) / 1000) });
      if ([401, 402, 403, 422].includes(status)) throw new Failure('vendor-refused', detail);
      if (status < 200 || status > 299) throw new Failure('vendor-unavailable', detail);
      assertKeyless(answer, secret);
      const minted = json(answer, Minted)?.data;
      if (!minted) throw new Failure('vendor-unreadable');
      const until = Date.parse(minted.expires_at ?? '');
      const url = vendorLink(minted.embed_url, ...loyvaLinkOrigins(origin, 'embed'));
      return { url, expiresAt: Number.isNaN(until) ? undefined : until };
    },
  };
}
