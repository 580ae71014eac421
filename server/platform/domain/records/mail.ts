/** What a mail leads to: an invitation's page, or the signing page with a way in that is this mail's own. */
export interface MailLink {
  readonly kind: 'invitation' | 'signing';
  readonly id: string;
}

/** A mail as it waits in the outbox: complete but for its link, which is a secret and made again when the mail leaves. */
export interface Mail {
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly opening: string;
  /** What the mail leads to; null where nothing is left to do. */
  readonly link: MailLink | null;
  readonly closing: string;
  /** Of mails about an envelope; those of the first versions do not say it. */
  readonly envelopeId?: string;
}

/** A mail in the outbox, and whether it has left. */
export interface PostedMail {
  readonly mail: Mail;
  readonly deliveredAt: number | null;
}
