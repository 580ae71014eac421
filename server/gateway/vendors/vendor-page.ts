import { z } from 'zod/mini';
import { Failure } from '../../../shared/problem.ts';
import { loyvaLinkOrigins, loyvaPaths } from '../../../shared/vendors/loyva.ts';
import type { PageVendor } from '../domain/signing/vendor.ts';
import type { Allowance } from './allowance.ts';
import { assertPassable, createCall, rateLimited, type VendorOptions } from './call.ts';
import type { Discover } from './discovery.ts';
import { vendorLink } from './links.ts';
import { json } from './read.ts';

const Minted = z.object({ data: z.object({ embed_url: z.string().check(z.maxLength(8_192)), expires_at: z.optional(z.string()) }) });

interface Options extends VendorOptions {
  readonly allowance: Allowance;
  readonly discover: Discover;
}

/** Loyva's own signing page (docs.stg.loyva.net/api-reference/embed), for a vendor that has no ceremony. */
export function vendorPage({ discover, ...options }: Options): PageVendor {
  const call = createCall({ ...options, vendor: 'loyva', locked: 'internal' });

  return {
    async page(key, envelopeId, email) {
      // Where there is a ceremony its token stays in the gateway, always.
      if ((await discover()) !== undefined) throw new Failure('not-found', 'This vendor has a ceremony; nothing of it is framed.');
      const body = { envelope_id: envelopeId, user_email: email, widget_type: 'sign' };
      const answer = await call(key, { method: 'POST', path: loyvaPaths.token, body });
      const { status } = answer;
      if (status === 409) throw new Failure('ceremony-ended');
      if (status === 404) throw new Failure('not-found', 'There is no such envelope.');
      const detail = `The vendor answered ${status} to a token.`;
      if (status === 429) throw rateLimited(answer, detail);
      if ([401, 402, 403, 422].includes(status)) throw new Failure('vendor-refused', detail);
      if (status < 200 || status > 299) throw new Failure('vendor-unavailable', detail);
      assertPassable(answer);
      const minted = json(answer, Minted)?.data;
      if (!minted) throw new Failure('vendor-unreadable');
      const until = Date.parse(minted.expires_at ?? '');
      const url = vendorLink(minted.embed_url, ...loyvaLinkOrigins(options.origin, 'embed'));
      return { url, expiresAt: Number.isNaN(until) ? undefined : until };
    },
  };
}
