import * as assert from '../../elements/assert.ts';
import { countBytes, gatewayUrl, inTag, mint, openPartner, test, until } from '../../elements/page.ts';

test('all the script that a browser fetches for the first view is at most 20,000 bytes of brotli', async () => {
  const token = await mint();
  const counted = await countBytes(await gatewayUrl());
  const partner = await openPartner({ token });
  await until(() => inTag(partner, 'h2', 'About your company').length);
  await partner.settled();
  const sizes = await counted();
  const lines = Object.entries(sizes).map(([name, size]) => `${name} ${size}`);
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  assert.ok(lines.length >= 3, lines.join(', '));
  assert.ok(total > 5_000 && total <= 20_000, `${total} bytes: ${lines.join(', ')}`);
});
