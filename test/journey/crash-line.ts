import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type { StartedPlatform } from '../start-platform.ts';

/**
 * A slow line to the vendors: each call is held on its way there and each answer on its way back, so that a kill falls between the two.
 * What was sent arrives, though nobody waits for it any more.
 */
export async function slowLine(platform: StartedPlatform, random: () => number, most: number) {
  let under = 0;
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    // A caller killed while sending has sent nothing.
    for await (const part of incoming.on('error', () => {})) parts.push(part as Buffer);
    under++;
    await after(random() * most);
    const headers = { ...incoming.headers, host: new URL(platform.url).host };
    const call = request(platform.url + incoming.url, { method: incoming.method, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      under--;
      await after(random() * most);
      outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'application/json' });
      // The vendor's links lead to where it is called.
      outgoing.end(Buffer.concat(chunks).toString().replaceAll(platform.url, url));
    });
    call.on('error', () => {
      under--;
      outgoing.destroy();
    });
    call.end(Buffer.concat(parts));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    /** Has everything that was sent arrived? */
    quiet: () => under === 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
