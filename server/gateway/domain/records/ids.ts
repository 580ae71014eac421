import { hash, randomBytes } from 'node:crypto';
import { formatId, type IdKind } from '../../../../shared/ids.ts';

export const newId = (kind: IdKind): string => formatId(kind, randomBytes(15));

/** How a secret is looked up: only its hash is kept. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url');
