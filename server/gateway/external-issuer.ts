import { createRemoteJWKSet, customFetch } from 'jose';
import { Failure } from '../../shared/problem.ts';
import type { Request } from '../outbound/request.ts';

/** Another issuer of administrators' tokens, where there is one. jose caches its key set; it is fetched through our own way out. */
export function externalIssuer(admin: { issuer: string; audience: string; jwksUrl: string } | undefined, request: Request) {
  if (!admin) return undefined;
  const fetchKeys = async (address: string): Promise<Response> => {
    const url = new URL(address);
    const { status, body } = await request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { accept: 'application/json' },
      deadline: 5_000,
    }).catch((cause: unknown) => {
      throw new Failure('vendor-unavailable', 'The issuer of administrators did not answer.', { cause });
    });
    return new Response(new Uint8Array(body), { status });
  };
  return { issuer: admin.issuer, audience: admin.audience, keys: createRemoteJWKSet(new URL(admin.jwksUrl), { [customFetch]: fetchKeys }) };
}
