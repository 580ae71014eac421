import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { freePort } from '../../start-gateway.ts';

/** A call as it reached the vendor. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export type Reply = (response: ServerResponse) => void;

/** A vendor that notes what it is sent and answers as it is told: what the platform, being well-behaved, cannot play. */
export async function startStubVendor() {
  const received: Received[] = [];
  let reply: Reply = (response) => response.end();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      reply(response);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    answerWith(next: Reply): void {
      reply = next;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** A team as Scribeless answers it, with this key. */
export const team = (secret: string, more: object = {}) => ({
  teamId: 'team_1',
  apiKey: { id: 'k', name: 'n', key: secret, created_at: 'now' },
  ...more,
});
