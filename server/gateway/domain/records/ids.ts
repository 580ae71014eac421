import { hash } from 'node:crypto';

/** In hexadecimal, as records quote it. */
export const sha256Of = (bytes: string | Uint8Array): string => hash('sha256', bytes, 'hex');

/** How a secret is looked up: only its hash is kept. In base64url, as a proof says the hash of its token (RFC 9449, 4.2). */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url');
