/** What the element says before a view is there, and when nothing can be loaded; and what every view says of saving. */
export const shell = {
  'turn.you': 'Your turn',
  'turn.us': 'Our turn',
  'turn.partner': '{partner}’s turn',
  'turn.portal': 'Your portal’s turn',
  'load.status': 'Loading this page',
  'load.slow': 'This takes longer than usual.',
  reference: 'Reference {id}',
  again: 'Try again',
  'end.lost.title': 'We could not load this page',
  'end.lost.text': 'The server did not answer. Nothing you entered is lost.',
  'end.lost.saved': 'The server did not answer. Nothing you entered is lost: it was last saved at {time}.',
  'saved.at': 'Saved {time}',
  'saved.busy': 'Saving…',
  'saved.not': 'Not saved yet',
  portal: 'Your portal',
} as const;
