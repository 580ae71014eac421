import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { gatewayChild } from '../gateway/world/gateway-child.ts';
import { figure, median, type Row, verdictOf } from './world/harness.ts';
import { yardstick } from './world/servers.ts';

const megabyte = 1_000_000;
const most = 32;
const rounds = 5;
const path = '/api/v2/partner/envelopes';
const boundary = 'bench';

/** Memory that one upload of 20 MB through the gateway adds while it lasts, beside the 20 MB that holding it would need. */
export async function uploading(say: (line: string) => void): Promise<Row[]> {
  if (process.platform !== 'linux') {
    say('Memory of a process is read from /proc: left out.');
    return [];
  }
  const vendor = await yardstick('sink', '', 1);
  const gateway = await gatewayChild(vendor.url, 'https://portal.harbor.example', { loyva: 'lv_bench_key' });
  const send = (size: number) => upload(gateway.url, gateway.partner.key, size);
  await send(megabyte);
  const added: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = resident(gateway.pid);
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, resident(gateway.pid));
    }, 2);
    await send(20 * megabyte);
    clearInterval(watch);
    added.push(Math.max(highest, resident(gateway.pid)) - before);
  }
  await gateway.close();
  vendor.end();
  const ratios = added.map((each) => each / 20);
  return [
    {
      what: 'Memory added by an upload of 20 MB',
      ours: `${figure(median(added))} MB`,
      yardstick: 'the upload itself',
      theirs: '20 MB',
      ratio: median(ratios).toFixed(2),
      target: `≤ ${most} MB`,
      spread: `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
      verdict: verdictOf(median(added), { atMost: most }),
    },
  ];
}

/** Resident memory in MB. */
const resident = (pid: number): number =>
  (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024) / megabyte;

function upload(gateway: string, key: string, size: number): Promise<void> {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="document"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), randomBytes(size), Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const headers = { 'x-api-key': key, 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const outgoing = request(gateway + path, { method: 'POST', headers, agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`The upload was answered ${answer.statusCode}.`)),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}
