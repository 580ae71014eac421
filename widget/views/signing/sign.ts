import { ceremonyOf } from '../../session/ceremony.ts';
import type { Host } from '../view.ts';
import { Signing } from './signing.ts';

/** The signing of a gateway's session: of its one envelope, or of the document that its onboarding asks for. */
export class Sign extends Signing {
  /** `onStood` is told how the ceremony stands, whenever it is read. */
  constructor(host: Host, onStood?: (stood: string) => void) {
    super(host, {
      calls: ceremonyOf((call) => host.client.session.request(call)),
      worker: host.worker,
      onChange: onStood && (({ state, you }) => onStood(`${state} ${you.state}`)),
    });
  }
}
