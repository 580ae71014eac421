import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

/** Sends a body of 345,000 names to the address, without pause, until it is killed: by itself, so that whoever measures beside it is not held up. */
const [url = '', token = ''] = process.argv.slice(2);
const body = Buffer.from(`{"values":{${Array.from({ length: 345_000 }, (_, i) => `"f${i}":0`).join()}}}`);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': body.length };
const agent = new Agent({ keepAlive: true });
process.on('disconnect', () => process.exit());
process.send?.('begins');
for (;;) {
  const asked = request(url, { method: 'PUT', headers, agent });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
}
