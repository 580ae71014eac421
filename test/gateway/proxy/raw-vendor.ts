import { createServer, type ServerResponse } from 'node:http';
import { freePort } from '../../start-gateway.ts';

/** A request as it came over the wire: the whole of it as text, and its header lines. */
export interface Wire {
  readonly text: string;
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A vendor that keeps every byte it is sent: what a parser would tidy or join is there as it was written. */
export async function startRawVendor() {
  const wires: Wire[] = [];
  let reply: (response: ServerResponse) => void = (response) => response.end('{}');
  const sent = new WeakMap<object, Buffer[]>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const text = Buffer.concat(sent.get(request.socket) ?? []).toString('latin1');
      sent.set(request.socket, []);
      const [line = '', ...lines] = (text.split('\r\n\r\n')[0] ?? '').split('\r\n');
      const headers = lines.map((each) => {
        const [name = '', ...rest] = each.split(': ');
        return [name.toLowerCase(), rest.join(': ')] as const;
      });
      wires.push({ text, line, headers });
      reply(response);
    });
  });
  server.on('connection', (socket) => {
    const parts: Buffer[] = [];
    sent.set(socket, parts);
    socket.on('data', (part: Buffer) => (sent.get(socket) ?? []).push(part));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    wires,
    answerWith(next: typeof reply): void {
      reply = next;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}
