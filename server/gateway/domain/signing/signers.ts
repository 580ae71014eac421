import type { MintSign } from '../../../../shared/embed.ts';
import { Failure } from '../../../../shared/problem.ts';
import type { Caller, Callers } from '../registry/callers.ts';
import type { SigningVendor } from './vendor.ts';

/** May this user be let in to sign this envelope? The vendor is asked with the partner's own key, so only the partner's envelopes count. */
export function createSigners({ callers, vendor }: { callers: Pick<Callers, 'credential'>; vendor: Pick<SigningVendor, 'standing'> }) {
  return {
    async assertSigner({ partner, mode }: Caller, { envelope_id, user_email }: MintSign): Promise<void> {
      const key = await callers.credential(partner.id, 'loyva', mode);
      const standing = await vendor.standing(key, envelope_id);
      if (!standing) throw new Failure('not-found', 'There is no such envelope.');
      const { status, signed } = standing;
      if (status !== 'sent' && status !== 'viewed')
        throw new Failure('envelope-wrong-state', 'An envelope is signed while it is sent or viewed.');
      // Where the vendor names no signers the check is the vendor's.
      if (signed.size > 0 && !signed.has(user_email.toLowerCase()))
        throw new Failure('invalid-input', undefined, {
          errors: [{ pointer: '/user_email', code: 'signer', message: 'Nobody with this e-mail signs this envelope.' }],
        });
    },
  };
}
export type Signers = ReturnType<typeof createSigners>;
