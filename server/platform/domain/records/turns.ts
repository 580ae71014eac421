import type { Envelope, Signer } from './envelope.ts';

type Order = Pick<Envelope, 'order'>;
const isDone = (signer: Signer): boolean => signer.state === 'signed';

/** May this signer act, as far as the others go? In a sequential envelope everybody of a lower position has signed. */
export const isTurn = ({ order }: Order, signers: readonly Signer[], signer: Signer): boolean =>
  order === 'parallel' || signers.every((other) => other.position >= signer.position || isDone(other));

/** Those who may act and have not signed. */
export const signersInTurn = (envelope: Order, signers: readonly Signer[]): Signer[] =>
  signers.filter((signer) => !isDone(signer) && isTurn(envelope, signers, signer));

/** Everybody who has been asked so far: signed or not, their turn has come. */
export const askedSigners = (envelope: Order, signers: readonly Signer[]): Signer[] =>
  signers.filter((signer) => isTurn(envelope, signers, signer));
