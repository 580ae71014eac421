import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { rows } from '../../platform/world/envelopes.ts';
import { heading, WidgetStage } from '../world/stage.ts';
import { agree, alone, button, open, SigningStage, typeSignature } from './signing-stage.ts';

const widget = new WidgetStage();
const stage = new SigningStage(widget);
const dated = alone.filter(({ type }) => type === 'signature' || type === 'date_signed');
const hour = 3_600_000;

/** The page's browser is in this time zone. */
const inZone = (zone: string) => async (page: Page) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTimezoneOverride', { timezoneId: zone });
};

/** A day as it stands on paper: that of the platform's clock, so many days later. */
const day = (later = 0): string => new Date(widget.platform.clock.now + later * 24 * hour).toISOString().slice(0, 10);

async function signs(page: Page, today: string, zone: string): Promise<void> {
  await agree(page);
  await page.locator('.marker[data-fixed]').getByText(today).first().waitFor();
  await page.getByText(`Today in ${zone}, filled in when you sign.`).waitFor();
  await typeSignature(page);
  await button(page, 'Finish and sign').click();
  await heading(page, 'Signed and sealed').waitFor();
}

const kept = (id: string) =>
  rows<{ value: string; time_zone: string }>(
    widget.platform,
    `select json_extract(value, '$.text') as value, time_zone from fields join signers on signers.id = signer_id
      where fields.envelope_id = ? and type = 'date_signed'`,
    id,
  );

test('who signs in Auckland, in the tag or by a mail’s link, signs on the day that it is there', async () => {
  const zone = 'Pacific/Auckland';
  const id = await stage.send(dated);
  // At noon in UTC it is past midnight there, the year round.
  const today = day(1);
  await open(widget, stage, id, ({ page }) => signs(page, today, zone), undefined, inZone(zone));
  assert.deepEqual(kept(id), [{ value: today, time_zone: zone }]);

  const linked = await stage.send(dated);
  const link = await stage.link(linked);
  await widget.scene({ prepare: inZone(zone) }, async ({ page }) => {
    await page.goto(link);
    await signs(page, today, zone);
  });
  assert.deepEqual(kept(linked), [{ value: today, time_zone: zone }]);
});

test('who signs in Los Angeles in the evening does not sign tomorrow', async () => {
  const zone = 'America/Los_Angeles';
  const today = day();
  widget.pass(16 * hour);
  const id = await stage.send(dated);
  await open(widget, stage, id, ({ page }) => signs(page, today, zone), undefined, inZone(zone));
  assert.deepEqual(kept(id), [{ value: today, time_zone: zone }]);
});

test('a browser whose zone the server does not know dates by UTC, and the page says so', async () => {
  const id = await stage.send(dated);
  const invented = (page: Page) =>
    page.addInitScript(() => {
      const real = Intl.DateTimeFormat.prototype.resolvedOptions;
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...real.call(this), timeZone: 'Mars/Olympus' };
      };
    });
  await open(widget, stage, id, ({ page }) => signs(page, day(), 'UTC'), undefined, invented);
  assert.deepEqual(kept(id), [{ value: day(), time_zone: 'UTC' }]);
});
