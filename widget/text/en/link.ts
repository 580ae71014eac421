/** The page of a signing link, where it cannot show the signing. */
export const link = {
  'link.loading': 'Loading the document',
  'link.gone.title': 'This link is no longer good',
  'link.gone.text': 'It worked for seven days, or its document has ended. Ask the sender for a new one.',
  'link.wrong.title': 'This link is not complete',
  'link.wrong.text': 'Part of it may have been lost on its way. Open it again from the e-mail, or copy all of it.',
  'link.lost.title': 'The page could not be loaded',
  'link.lost.text': 'The server did not answer. Nothing you entered is lost. Try again in a moment.',
  'link.sign': 'Sign {name}',
  'link.see': '{name}',
} as const;
