import type { Kysely, Selectable } from 'kysely';
import type { SecretBox } from '../../storage/secret-box.ts';
import type { Template, TemplateBook } from '../domain/template.ts';
import { contentKeys } from './content-keys.ts';
import type { Tables } from './schema.ts';
import { doom } from './vault-book.ts';

/** Templates in platform.db; their files are encrypted as envelopes' are. */
export const templateBook = (db: Kysely<Tables>, box: SecretBox): TemplateBook => {
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
    async list(accountId, { page, limit }) {
      const newest = ofAccount(accountId).selectAll().orderBy('created_at', 'desc').orderBy('id');
      const rows = await newest
        .limit(limit)
        .offset((page - 1) * limit)
        .execute();
      const { total } = await ofAccount(accountId)
        .select((e) => e.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return { items: rows.map(templateOf), total };
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
  fields: JSON.parse(row.fields) as Template['fields'],
  createdAt: row.created_at,
});

const templateRow = (it: Template): TemplateRow => ({
  id: it.id,
  account_id: it.accountId,
  name: it.name,
  signing_order: it.order,
  document: JSON.stringify(it.document),
  fields: JSON.stringify(it.fields),
  created_at: it.createdAt,
});
