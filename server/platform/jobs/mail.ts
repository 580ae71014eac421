import type { Post } from '../../outbound/mail.ts';
import type { Links } from '../domain/notices/links.ts';
import { textOf } from '../domain/notices/mail.ts';
import type { Mail } from '../domain/records/mail.ts';

/** The part of the outbox that posting needs. */
export interface MailQueue {
  claim(now: number, lease: number, limit: number): Promise<readonly { id: string; body: string; attempts: number }[]>;
  delivered(id: string, at: number): Promise<void>;
  postpone(id: string, nextAt: number, error: string): Promise<void>;
}

const second = 1_000;
const hour = 3_600 * second;

/** Posts the mails that are due. Killed between sending and noting it, a mail goes out again under the same id. */
export const postMails = (edges: { queue: MailQueue; post: Post; links: Links; now: () => number }) => ({
  name: 'mail',
  every: second,
  async run(): Promise<void> {
    const { queue, post, links, now } = edges;
    for (const { id, body, attempts } of await queue.claim(now(), 60 * second, 20)) {
      const mail = JSON.parse(body) as Mail;
      try {
        await post.send({ id, at: mail.at, fromName: mail.from, to: mail.to, subject: mail.subject, text: textOf(mail, links) });
        await queue.delivered(id, now());
      } catch (error) {
        // One address that a mail server refuses must not hold up the others; the outbox page shows it as waiting.
        await queue.postpone(id, now() + Math.min(hour, 2 ** attempts * second), String(error).slice(0, 300));
      }
    }
  },
});
