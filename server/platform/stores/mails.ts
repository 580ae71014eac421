import type { Kysely } from 'kysely';
import { cut } from '../../../shared/list.ts';
import { outboxOn } from '../../storage/outbox.ts';
import type { Mail } from '../domain/records/mail.ts';
import type { Stores } from '../domain/records/stores.ts';
import type { Tables } from './schema/schema.ts';

/** Mails live in the outbox itself: what is posted is what was decided. */
export const mailBook = (db: Kysely<Tables>): Stores['mails'] => {
  const mails = () => db.selectFrom('outbox').select(['body', 'delivered_at']).where('kind', '=', 'mail');
  const postedOf = (row: { body: string; delivered_at: number | null }) => ({
    mail: JSON.parse(row.body) as Mail,
    deliveredAt: row.delivered_at,
  });
  return {
    add: (mail) => outboxOn(db).add({ id: mail.id, kind: 'mail', body: JSON.stringify(mail), at: mail.at }),
    async list(limit, after) {
      const all = mails().select(['id', 'added_at']).orderBy('added_at', 'desc').orderBy('id', 'desc');
      const found = after ? all.where((e) => e(e.refTuple('added_at', 'id'), '<', e.tuple(...after))) : all;
      const { rows, next } = cut(await found.limit(limit + 1).execute(), limit, (row) => [row.added_at, row.id]);
      return { items: rows.map(postedOf), next };
    },
    async get(id) {
      const row = await mails().where('id', '=', id).executeTakeFirst();
      return row && postedOf(row);
    },
    delivered: async (then, limit) =>
      (await db.selectFrom('outbox').select('id').where('kind', '=', 'mail').where('delivered_at', '<', then).limit(limit).execute()).map(
        ({ id }) => id,
      ),
    async forget(ids) {
      for (const id of ids) await db.deleteFrom('outbox').where('id', '=', id).execute();
    },
  };
};
