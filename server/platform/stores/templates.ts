import type { Kysely, Selectable } from 'kysely';
import { cut, passedOver } from '../../../shared/list.ts';
import type { FieldPlace } from '../../../shared/signing/fields.ts';
import type { SecretBox } from '../../storage/secret-box.ts';
import { totalOf } from '../../storage/totals.ts';
import { plainForm } from '../domain/creation/field-request.ts';
import type { FieldRequest } from '../domain/records/field.ts';
import type { Template, TemplateStore } from '../domain/records/template.ts';
import { contentKeys } from './files/content-keys.ts';
import type { Tables } from './schema/schema.ts';
import { doom } from './vault.ts';

/** Templates in platform.db; their files are encrypted as envelopes' are. */
export const templateBook = (db: Kysely<Tables>, box: SecretBox): TemplateStore => {
  const keys = contentKeys(db, box);
  const ofAccount = (accountId: string) => db.selectFrom('templates').where('account_id', '=', accountId);
  return {
    async add(template, contentKey) {
      const wrapped = await keys.wrap(template.accountId, template.id, contentKey);
      await db
        .insertInto('templates')
        .values({ ...templateRow(template), wrapped_key: wrapped })
        .execute();
    },
    async find(accountId, id) {
      const row = await ofAccount(accountId).selectAll().where('id', '=', id).executeTakeFirst();
      return row && templateOf(row);
    },
    async list(accountId, wanted) {
      const { limit, after } = wanted;
      const total = await totalOf(db, 'templates', accountId);
      const passed = passedOver(wanted, total);
      if (passed === undefined) return { items: [], total, next: null };
      const all = ofAccount(accountId).selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
      const found = after ? all.where((e) => e(e.refTuple('created_at', 'id'), '<', e.tuple(...after))) : all;
      const { rows, next } = cut(
        await found
          .limit(limit + 1)
          .offset(passed)
          .execute(),
        limit,
        (row) => [row.created_at, row.id],
      );
      return { items: rows.map(templateOf), total, next };
    },
    async contentKey(accountId, id) {
      const row = await ofAccount(accountId).select('wrapped_key').where('id', '=', id).executeTakeFirst();
      return row && keys.unwrap(accountId, id, row.wrapped_key);
    },
    async remove(accountId, id) {
      const deleted = db.deleteFrom('templates').where('account_id', '=', accountId).where('id', '=', id);
      const row = await deleted.returning('document').executeTakeFirst();
      if (row) await doom(db, (JSON.parse(row.document) as Template['document']).address);
      return row !== undefined;
    },
  };
};

type TemplateRow = Omit<Selectable<Tables['templates']>, 'wrapped_key'>;

const templateOf = (row: TemplateRow): Template => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name,
  order: row.signing_order as Template['order'],
  document: JSON.parse(row.document) as Template['document'],
  fields: (JSON.parse(row.fields) as (FieldRequest | EarlyField)[]).map((field) => ('places' in field ? field : fromEarly(field))),
  createdAt: row.created_at,
});

/** A field as the first versions wrote it. */
type EarlyField = Pick<FieldRequest, 'type' | 'signer' | 'required' | 'label' | 'value'> & Omit<FieldPlace, 'option'>;

const fromEarly = (field: EarlyField): FieldRequest => ({ ...plainForm(field), signer: field.signer, value: field.value });

const templateRow = (it: Template): TemplateRow => ({
  id: it.id,
  account_id: it.accountId,
  name: it.name,
  signing_order: it.order,
  document: JSON.stringify(it.document),
  fields: JSON.stringify(it.fields),
  created_at: it.createdAt,
});
