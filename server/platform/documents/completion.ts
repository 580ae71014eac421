import type { PDFDocument } from '@cantoo/pdf-lib';
import { displayed, type PageBox } from '../../../shared/geometry.ts';
import type { Facts } from '../domain/documents.ts';
import type { Embedder } from './embed.ts';
import { type Block, beside, columnOf, ink, type Paper, paginated, paperFor, row, space, stack, textBlock } from './layout.ts';
import { newPages } from './own-pages.ts';
import { ways, words } from './words.ts';

/** Adds the pages that tell how the document was signed: who, what they agreed to, what happened when and who says so, and the hashes. */
export function addCompletionPages(document: PDFDocument, embedder: Embedder, boxes: readonly PageBox[], facts: Facts): void {
  const paper = paperFor(boxes[0] ? displayed(boxes[0]).width : 0);
  const blocks = [
    ...opening(paper, facts),
    ...parties(paper, facts),
    ...consent(paper, facts),
    ...history(paper, facts),
    ...hashes(paper, facts),
  ];
  const room = paper.height - paper.margin.top - paper.margin.bottom;
  newPages(document, embedder, paper, paginated(blocks, room), { left: facts.envelope.id, right: 'Completion record' });
}

const label = (text: string, width: number): Block => textBlock(text, width, { size: 8.5, colour: ink.muted, leading: 1.6 });
const value = (text: string, width: number): Block => textBlock(text, width, { size: 9, leading: 1.5 });

/** Where values begin, from the left of the column. */
const indent = 132;

const heading = (text: string, paper: Paper): Block => ({
  ...stack(space(26), textBlock(text, columnOf(paper), { size: 12.5, style: 'strong', colour: ink.strong, leading: 1.3 }), space(9)),
  keep: true,
});

const pair = (paper: Paper, name: string, text: string): Block =>
  row(
    columnOf(paper),
    [
      { at: 0, block: label(name, indent - 14) },
      { at: indent, block: value(text, columnOf(paper) - indent) },
    ],
    5,
  );

function opening(paper: Paper, { envelope, sender, document }: Facts): Block[] {
  const width = columnOf(paper);
  return [
    textBlock('Completion record', width, { size: 9, colour: ink.muted }),
    space(4),
    textBlock(envelope.name, width, { size: 22, style: 'strong', colour: ink.strong, leading: 1.25 }),
    space(5),
    textBlock(`Signed by everybody and sealed on ${dayOf(envelope.completed_at)}.`, width, { size: 10.5, colour: ink.muted }),
    space(20),
    pair(paper, 'Asked for by', sender),
    pair(paper, 'Document', `${document.pages} ${document.pages === 1 ? 'page' : 'pages'}, before this record`),
    pair(paper, 'Envelope', envelope.id),
    pair(paper, 'Created', `${instant(envelope.created_at)} UTC`),
    pair(paper, 'Completed', `${instant(envelope.completed_at)} UTC`),
  ];
}

function parties(paper: Paper, { signers }: Facts): Block[] {
  const width = columnOf(paper);
  const right = width - indent;
  const line = (name: string, text: string | null): Block[] =>
    text === null
      ? []
      : [beside({ at: 0, block: label(name, 86) }, { at: 92, block: textBlock(text, right - 92, { size: 9, leading: 1.5 }) })];
  return signers.flatMap((signer, i) => [
    ...(i === 0 ? [heading('Parties', paper)] : []),
    row(
      width,
      [
        {
          at: 0,
          block: stack(
            textBlock(signer.name, indent - 14, { size: 10.5, style: 'strong', colour: ink.strong, leading: 1.3 }),
            ...(signer.role === null ? [] : [label(signer.role, indent - 14)]),
          ),
        },
        {
          at: indent,
          block: stack(
            ...line('E-mail', signer.email),
            ...line('Agreed', `${instant(signer.consented_at)} UTC`),
            ...line('Signed', `${instant(signer.signed_at)} UTC`),
            ...line('Reached', ways[signer.assurance] ?? signer.assurance),
            ...line('Address', signer.address),
            ...line('Browser', signer.user_agent),
            ...line('Reported by', signer.reported_by),
          ),
        },
      ],
      9,
    ),
  ]);
}

function consent(paper: Paper, { consent: { version, sha256, paragraphs } }: Facts): Block[] {
  const width = columnOf(paper);
  return [
    heading('What each of them agreed to before they saw the document', paper),
    // The first is the text's own title.
    ...paragraphs.map((text, i) =>
      stack(textBlock(text, width, { size: 9.5, leading: 1.55, style: i === 0 ? 'strong' : 'text' }), space(6)),
    ),
    space(4),
    pair(paper, 'Version', version),
    pair(paper, 'SHA-256 of this text', sha256),
  ];
}

function history(paper: Paper, { events }: Facts): Block[] {
  const width = columnOf(paper);
  const who = 300;
  return [
    heading('What happened', paper),
    {
      ...beside(
        { at: 0, block: label('Time, UTC', indent) },
        { at: indent, block: label('Event', who - indent) },
        { at: who, block: label('Who', width - who) },
      ),
      keep: true,
    },
    ...events.map((event) =>
      row(
        width,
        [
          { at: 0, block: textBlock(instant(event.at), indent - 8, { size: 8.5, colour: ink.muted, leading: 1.6 }) },
          {
            at: indent,
            block: stack(
              textBlock(words[event.kind] ?? event.kind, who - indent - 12, { size: 9, leading: 1.5 }),
              ...(event.detail === null ? [] : [label(event.detail, who - indent - 12)]),
            ),
          },
          {
            at: who,
            block: stack(
              ...(event.who === null ? [] : [value(event.who, width - who)]),
              ...(event.address === null ? [] : [label(event.address, width - who)]),
              label(`Reported by ${event.reported_by}`, width - who),
            ),
          },
        ],
        6,
      ),
    ),
    row(width, [{ at: 0, block: label('An address or a browser is as good as the word of the one who reports it.', width) }], 6),
  ];
}

function hashes(paper: Paper, { document }: Facts): Block[] {
  return [
    heading('Hashes', paper),
    pair(paper, 'File as it was uploaded', document.upload_sha256),
    pair(paper, 'File that was signed', document.signed_sha256),
    row(
      columnOf(paper),
      [
        {
          at: 0,
          block: label(
            'SHA-256. This record is also attached to this file for programs, as facts.json. The seal covers the document, this record and the attachment: whatever is changed afterwards shows.',
            columnOf(paper),
          ),
        },
      ],
      6,
    ),
  ];
}

/** `2026-11-21 12:06:32.123`, from ISO 8601 in UTC. */
const instant = (iso: string): string => iso.replace('T', ' ').replace(/Z$/, '');

const months = 'January February March April May June July August September October November December'.split(' ');
function dayOf(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
}
