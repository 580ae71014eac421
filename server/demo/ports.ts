import { createServer } from 'node:net';
import { SettingsError } from '../config.ts';
import type { PartName } from '../parts.ts';

/** The port that was asked for, or a free one for 0. A taken one is told of before anything is started on it. */
export async function portFor(part: PartName, port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new SettingsError([`INLAY_${part.toUpperCase()}_PORT: port ${port} is taken; perhaps by another Inlay`])),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : port;
}
