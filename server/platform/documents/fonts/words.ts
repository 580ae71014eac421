import type { Assurance } from '../../../../shared/signing/ceremony.ts';

/** Events in words, for the completion pages and the custody record. */
export const words: Readonly<Record<string, string>> = {
  'envelope.created': 'Prepared',
  'envelope.sent': 'Sent to be signed',
  'envelope.completed': 'Completed',
  'link.made': 'Signing link made',
  'signer.consented': 'Agreed to sign on screen',
  'signer.read': 'Was shown every page',
  'signer.signed': 'Signed',
  'signer.declined': 'Declined to sign',
  'signer.reminded': 'Asked again',
  'document.uploaded': 'Uploaded as it was signed',
  'vault.tampered': 'A file was found damaged',
};

/** How a signer was reached, and never more than that. */
export const ways: Readonly<Record<string, string>> = {
  'partner-asserted': 'In a session that the sender opened for them; the sender says who they are',
  'link-given-to-partner': 'By a signing link that the sender was given to pass on',
  'email-link': 'By a signing link sent to this e-mail address',
  'email-code': 'By a code sent to this e-mail address',
} satisfies Record<Assurance, string>;
