#!/bin/sh
# undici and a 100 Continue that nobody asked for: the call fails, although the answer follows.
#
# A server may send interim answers (1xx) before the final one, also to a client that sent no `Expect`, and "a client MUST be able to parse one or
# more 1xx responses received prior to a final response, even if the client does not expect one" (RFC 9110, 15.2). undici passes over 102 and 103;
# at 100 it gives the connection up. Whoever POSTed does not know any more whether it was done. Node's own http client takes all of them.
#
# Seen with undici 7.16.0 on Node 20, and with 8.12.4 on Node 24: UND_ERR_SOCKET ("bad response") for 100, 200 for 102 and 103; node:http 200 for each.
# Exits 0 while that is so, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
npm install --silent --no-save undici@7.16.0 > /dev/null
cat > ask.mjs <<'JS'
import { request as byNode } from 'node:http';
import { createServer } from 'node:net';
import { request } from 'undici';

const server = createServer((socket) => {
  let seen = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    seen += chunk;
    if (!seen.includes('hello')) return;
    const interim = /^POST \/(\d+)/.exec(seen)[1];
    seen = '';
    socket.write(`HTTP/1.1 ${interim} Interim\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

const byUndici = async (status) => {
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/${status}`, { method: 'POST', body: 'hello' });
    return `${statusCode} ${await body.text()}`;
  } catch (error) {
    return error.code;
  }
};
const byHttp = (status) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-length': 5 };
    byNode({ port, method: 'POST', path: `/${status}`, headers }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)))
      .on('error', reject)
      .end('hello');
  });
const seen = [];
for (const status of [100, 102, 103]) seen.push(`${status}: undici ${await byUndici(status)}, node:http ${await byHttp(status)}`);
console.log(seen.join('\n'));
const expected = ['100: undici UND_ERR_SOCKET, node:http 200', '102: undici 200 ok, node:http 200', '103: undici 200 ok, node:http 200'];
process.exit(seen.join() === expected.join() ? 0 : 1);
JS
node ask.mjs
