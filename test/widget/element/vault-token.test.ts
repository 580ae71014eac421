import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startStubLoyva } from '../../gateway/world/stub-loyva.ts';
import { mintedToken } from '../../visitor.ts';
import { look } from '../world/look.ts';
import { heading, WidgetStage } from '../world/stage.ts';

const loyva = await startStubLoyva();
after(() => loyva.close());
const widget = new WidgetStage(async () => ({ vendors: { loyva: loyva.origin } }));

test('a token for the vault, which this version has no view of, ends honestly: no blank box, no dead button, and the page is told why', async () => {
  const partner = await widget.gateway.partner({
    origins: [widget.host.origin],
    vendorKeys: { loyva: 'lk_the_partners_own_at_the_stub' },
  });
  const made = loyva.make(JSON.stringify({ external_id: '', signers: [{ email: 'ada@nordin.example' }] }));
  made.status = 'vaulted';
  const body = { widget_type: 'vault', customer: undefined, envelope_id: made.envelope_id };
  const token = await mintedToken(widget.gateway.url, partner.key, body);
  const told = (page: { evaluate: (read: () => unknown) => Promise<unknown> }) => page.evaluate(() => Reflect.get(window, 'told'));
  await widget.scene(
    {
      token,
      prepare: (page) =>
        page.addInitScript(() =>
          document.addEventListener('inlay-error', (event) => {
            const { code, detail, retryable } = event as Event & { code: string; detail: string; retryable: boolean };
            Reflect.set(window, 'told', { code, detail, retryable });
          }),
        ),
    },
    async ({ page }) => {
      await heading(page, 'This page cannot be opened here').waitFor();
      assert.equal(await page.getByRole('button').count(), 0, 'no dead button');
      assert.deepEqual(await told(page), { code: 'wrong-view', detail: 'This element does not show vault.', retryable: false });
      const shown = await page.evaluate(
        () => document.documentElement.outerHTML + document.querySelector('inlay-widget')?.shadowRoot?.innerHTML,
      );
      assert.ok(!shown.includes(token) && !shown.includes(made.envelope_id), 'nothing of the token is in the page');
      await look(page, 'vault-without-view');
    },
    partner,
  );
});
