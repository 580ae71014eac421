import { isIP } from 'node:net';
import type { Context } from 'koa';

/** Where a call comes from. */
export interface CallerAddress {
  /** The rightmost of `X-Forwarded-For` that no trusted proxy has; without such a proxy the connection's other end. */
  readonly address: string | null;
  /** The connection's other end where that is a trusted proxy: it says the address. */
  readonly via: string | null;
}
export type CallerAddressOf = (ctx: Context) => CallerAddress;

/**
 * Reads where calls come from. `trusted` are the proxies whose `X-Forwarded-For` is believed, as proxy-addr takes them: addresses, ranges
 * (`10.0.0.0/8`) and `loopback`, `linklocal`, `uniquelocal`. What anybody else says of themselves is not looked at, nor is what is no address.
 */
export async function callerAddressReader(trusted: readonly string[]): Promise<CallerAddressOf> {
  if (trusted.length === 0) return (ctx) => ({ address: peerOf(ctx), via: null });
  const { default: proxyAddr } = await import('proxy-addr');
  const trust = proxyAddr.compile([...trusted]);
  return (ctx) => {
    const peer = peerOf(ctx);
    const said = proxyAddr.all(ctx.req, trust).slice(1);
    // What is no address ends the chain: whoever is before it could have written it.
    const end = said.findIndex((each) => isIP(each) === 0);
    const address = said.slice(0, end < 0 ? undefined : end).at(-1);
    return address === undefined ? { address: peer, via: null } : { address: plain(address), via: peer };
  };
}

const peerOf = (ctx: Context): string | null => plain(ctx.req.socket.remoteAddress ?? '') || null;
/** An IPv4 address as it is, though it came by a socket of IPv6. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
