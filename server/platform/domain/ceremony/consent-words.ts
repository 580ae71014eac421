import { z } from 'zod/mini';
import type { EnvelopeEvent } from '../records/envelope.ts';
import { readRecord } from '../records/evidence.ts';
import { sha256Of } from '../records/secrets.ts';

/** The words a signer agrees to before anything else, exactly as they are shown. */
export interface Consent {
  readonly version: string;
  /** SHA-256 (hex) of the title and the paragraphs in UTF-8, an empty line between any two. */
  readonly sha256: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** Counts up with every change of the words below. */
const version = '2026-11-21';
const title = 'Agree to sign on screen';

/**
 * Consent to electronic records and signatures, for one document. What must be said before: 15 U.S.C. 7001(c)(1)(B) and (C) (ESIGN),
 * UETA section 5(b); that the form alone takes nothing from a signature: Regulation (EU) 910/2014, article 25(1).
 */
export function consentOf(sender: string): Consent {
  const paragraphs = [
    `${sender} asks you to read and sign one document on screen, and to receive it and the records of its signing electronically instead of on paper. An electronic signature can bind you just as one made by hand does.`,
    `Your agreement covers this document, its records and the notices about them: the document as you see it, the sealed file once everybody has signed, and the mails that lead to them. It covers nothing else between you and ${sender}.`,
    `You do not have to agree. Until you finish you can withdraw at any time and at no cost: choose Decline. ${sender} is told, and you have signed nothing. What is finished cannot be withdrawn here; for records after that, tell ${sender}.`,
    `You can have paper. Ask ${sender} to sign on paper instead, or for a paper copy afterwards; they tell you beforehand if it costs anything. Tell them as well when your e-mail address changes.`,
    'You need a connection to the internet, an e-mail address, a current version of Chrome, Edge, Firefox or Safari, a program that opens PDF files, and a place to keep or print them. A device that shows you this page and then the document has what it takes.',
    'When you agree and when you sign, the time, the network address and the browser that were seen or reported are recorded, together with these words. They become part of the sealed file, which every signer receives.',
    'By agreeing you confirm that this document was sent to you, that you can open and keep PDF files on a device of yours, and that you want to use electronic records and an electronic signature for it.',
  ];
  return { version, sha256: sha256Of(textOf({ title, paragraphs })), title, paragraphs };
}

const textOf = (consent: Pick<Consent, 'title' | 'paragraphs'>): string => [consent.title, ...consent.paragraphs].join('\n\n');

/** The consent as an event keeps it: later versions of the words must not change what was agreed to. */
export const writeConsent = (consent: Consent): string => JSON.stringify(consent);
export const readConsent = ({ id, detail }: Pick<EnvelopeEvent, 'id' | 'detail'>): Consent =>
  readRecord(`the consent ${id}`, Consent, detail ?? '');

const Consent: z.ZodMiniType<Consent> = z.object({
  version: z.string(),
  sha256: z.string(),
  title: z.string(),
  paragraphs: z.array(z.string()),
});
