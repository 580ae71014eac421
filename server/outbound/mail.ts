import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transporter } from 'nodemailer';

/** A mail as it leaves. `id` makes its Message-ID, so that a receiver can tell a repetition. `at` is its date, in milliseconds. */
export interface OutgoingMail {
  readonly id: string;
  readonly at: number;
  readonly fromName: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Post {
  /** Resolves when the mail is out of our hands; sent again under the same id, a folder still holds it once. */
  send(mail: OutgoingMail): Promise<void>;
  /** Deletes what lies in the folder of the mails with these ids; what a mail server has is out of our hands. */
  forget(ids: readonly string[]): Promise<void>;
  close(): void;
}

/** Sends by SMTP, or where there is no server puts each mail as a file into the folder. `host` is the domain of the sender's address. */
export const openPost = (where: { smtpUrl: string | undefined; folder: string; host: string }): Post =>
  where.smtpUrl === undefined ? folderPost(where.folder, where.host) : smtpPost(where.smtpUrl, where.host);

/** Loaded with the first mail: a start sends none. */
const library = () => import('nodemailer');

function smtpPost(url: string, host: string): Post {
  let transport: Transporter | undefined;
  return {
    async send(mail) {
      const { createTransport } = await library();
      transport ??= createTransport({ url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 });
      await transport.sendMail(messageOf(mail, host));
    },
    forget: async () => {},
    close: () => transport?.close(),
  };
}

function folderPost(folder: string, host: string): Post {
  return {
    async send(mail) {
      const { createTransport } = await library();
      const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
      const { message } = await transport.sendMail(messageOf(mail, host));
      await writeWhole(folder, `${new Date(mail.at).toISOString().replace(/[:.]/g, '-')}-${mail.id}.eml`, message as Buffer);
    },
    async forget(ids) {
      if (ids.length === 0) return;
      const named = new Set(ids);
      const files = await readdir(folder).catch(absent);
      for (const file of files ?? [])
        if (named.has(file.match(/mail_[a-z2-7]+/)?.[0] ?? '')) await unlink(join(folder, file)).catch(absent);
    },
    close() {},
  };
}

const messageOf = (mail: OutgoingMail, host: string) => ({
  from: { name: mail.fromName, address: `no-reply@${host}` },
  to: { name: '', address: mail.to },
  subject: mail.subject,
  text: mail.text,
  date: new Date(mail.at),
  messageId: `<${mail.id}@${host}>`,
  headers: { 'Auto-Submitted': 'auto-generated' },
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** Under its name there is the whole file or none. Mails carry links that open things, so nobody else may read them. */
async function writeWhole(folder: string, name: string, bytes: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `.${name}.part`);
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, join(folder, name));
}

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
