import { connect } from 'node:net';

/**
 * Asks one address again and again over `connections` kept-alive connections and gives the answers per second. Spoken on the bare socket, so
 * that the asking costs little beside what is measured. Every answer must be a 200 with a Content-Length.
 */
export async function load(url: string, { headers = {}, body, ms = 1_000, connections = 32 }: Load = {}): Promise<number> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(
    `${body === undefined ? 'GET' : 'POST'} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`,
    'latin1',
  );
  const end = performance.now() + ms;
  const start = performance.now();
  const counts = await Promise.all(Array.from({ length: connections }, () => ask(hostname, Number(port), request, end)));
  return (counts.reduce((sum, each) => sum + each, 0) * 1000) / (performance.now() - start);
}

export interface Load {
  readonly headers?: Readonly<Record<string, string>>;
  /** With it, it is a POST. ASCII. */
  readonly body?: string;
  readonly ms?: number;
  readonly connections?: number;
}

function ask(host: string, port: number, request: Buffer, end: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => socket.write(request));
    let seen = '';
    let answers = 0;
    socket.setEncoding('latin1').on('error', reject);
    socket.on('close', () => reject(new Error(`The connection was closed after ${answers} answers.`)));
    socket.on('data', (chunk: string) => {
      seen += chunk;
      const head = seen.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(seen.slice(0, head))?.[1];
      if (!seen.startsWith('HTTP/1.1 200') || length === undefined) {
        socket.destroy();
        reject(new Error(`Not a plain 200: ${seen.slice(0, 400)}`));
        return;
      }
      if (seen.length < head + 4 + Number(length)) return;
      seen = '';
      answers++;
      if (performance.now() < end) socket.write(request);
      else socket.removeAllListeners('close').destroy() && resolve(answers);
    });
  });
}
