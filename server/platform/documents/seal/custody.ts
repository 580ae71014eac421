import { PDFDocument, PDFName } from '@cantoo/pdf-lib';
import type { CustodyFacts } from '../../domain/files/documents.ts';
import { createEmbedder } from '../fonts/embed.ts';
import { type Block, type PageFormat, paginated, paperFor } from '../pages/layout.ts';
import { newPages } from '../pages/own-pages.ts';
import { createStructure } from '../pages/structure.ts';
import { dayOf, heading, history, instant, pair, party, remark, title } from './record.ts';

/** The custody record: what lies in the vault, how it came there, who controls it, and what happened until then. Ours from its first page. */
export async function custodyRecord(facts: CustodyFacts): Promise<PDFDocument> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setTitle(`Custody record of ${facts.envelope.id}`, { showInWindowTitleBar: true });
  document.setLanguage('en');
  document.catalog.set(PDFName.of('MarkInfo'), document.context.obj({ Marked: true }));
  const embedder = createEmbedder(document.context);
  const structure = createStructure(document);
  const paper = paperFor(0);
  const blocks = [
    ...opening(paper, facts),
    ...files(paper, facts),
    ...control(paper, facts),
    ...signatures(paper, facts),
    ...history(paper, facts.events),
  ];
  const room = paper.height - paper.margin.top - paper.margin.bottom;
  newPages({ document, embedder, structure }, paper, paginated(blocks, room), {
    left: facts.envelope.id,
    right: 'Custody record',
    lang: facts.envelope.locale ?? undefined,
  });
  embedder.finish();
  structure.finish();
  return document;
}

const opening = (paper: PageFormat, { envelope, vaulted_at, origin, controller }: CustodyFacts): Block[] => [
  ...title(paper, {
    kind: 'Custody record',
    name: envelope.name,
    sentence: `Taken into the vault on ${dayOf(vaulted_at)} (UTC), and controlled by ${controller.name}.`,
  }),
  pair(paper, 'Envelope', envelope.id),
  pair(paper, 'Customer', envelope.customer_id),
  pair(paper, 'Came by', origins[origin]),
  pair(paper, 'Created', `${instant(envelope.created_at)} UTC`),
  pair(paper, 'Vaulted', `${instant(vaulted_at)} UTC`),
];

const origins: Readonly<Record<CustodyFacts['origin'], string>> = {
  esign: 'Electronic signature: signed here by everybody, and sealed',
  paper: 'Upload: signed elsewhere, and kept byte for byte as it came',
};

const files = (paper: PageFormat, { authoritative, copy }: CustodyFacts): Block[] => [
  heading('The authoritative copy', paper),
  pair(paper, 'SHA-256', authoritative.sha256),
  pair(paper, 'Size', `${count(authoritative.size)} bytes`),
  pair(paper, 'Document', `${authoritative.pages} ${authoritative.pages === 1 ? 'page' : 'pages'}`),
  heading('Its copy, marked as a copy on every page', paper),
  pair(paper, 'SHA-256', copy.sha256),
  pair(paper, 'Size', `${count(copy.size)} bytes`),
  remark(
    paper,
    'There is one authoritative copy: the file with the first of these hashes, kept encrypted in this vault. Every other file is a copy. What is read is hashed again each time, and not given out where it differs.',
  ),
];

const control = (paper: PageFormat, { controller }: CustodyFacts): Block[] => [
  heading('Control', paper),
  pair(paper, 'Controlled by', controller.name),
  pair(paper, 'Account', controller.id),
];

const signatures = (paper: PageFormat, { signers }: CustodyFacts): Block[] =>
  signers.flatMap((signer, i) => [
    ...(i === 0 ? [heading('Signed by', paper)] : []),
    party(paper, signer.name, signer.role, [
      ['E-mail', signer.email],
      ['Signed', `${instant(signer.signed_at)} UTC`],
    ]),
  ]);

/** 12345 as "12,345". */
const count = (size: number): string => String(size).replace(/\B(?=(\d{3})+$)/g, ',');
