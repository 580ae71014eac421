import { displayed, type PageBox } from '../../../../shared/signing/geometry.ts';
import type { Facts } from '../../domain/files/documents.ts';
import { ways } from '../fonts/words.ts';
import { type Block, columnOf, type PageFormat, paginated, paperFor, space, stack, tagged, textBlock } from '../pages/layout.ts';
import { newPages, type OwnPages } from '../pages/own-pages.ts';
import { addressOf, dayOf, heading, history, instant, pair, party, remark, title } from './record.ts';

/** Adds the pages that tell how the document was signed: who, what they agreed to, what happened when and who says so, and the hashes. */
export function addCompletionPages(target: OwnPages, boxes: readonly PageBox[], facts: Facts): void {
  const paper = paperFor(boxes[0] ? displayed(boxes[0]).width : 0);
  const blocks = [
    ...opening(paper, facts),
    ...parties(paper, facts),
    ...consent(paper, facts),
    ...history(paper, facts.events),
    ...hashes(paper, facts),
  ];
  const room = paper.height - paper.margin.top - paper.margin.bottom;
  newPages(target, paper, paginated(blocks, room), {
    left: facts.envelope.id,
    right: 'Completion record',
    lang: facts.envelope.locale ?? undefined,
  });
}

function opening(paper: PageFormat, { envelope, sender, document }: Facts): Block[] {
  const sentence = `Signed by everybody and sealed on ${dayOf(envelope.completed_at)} (UTC).`;
  return [
    ...title(paper, { kind: 'Completion record', name: envelope.name, sentence }),
    pair(paper, 'Asked for by', sender),
    pair(paper, 'Document', `${document.pages} ${document.pages === 1 ? 'page' : 'pages'}, before this record`),
    pair(paper, 'Envelope', envelope.id),
    pair(paper, 'Created', `${instant(envelope.created_at)} UTC`),
    pair(paper, 'Completed', `${instant(envelope.completed_at)} UTC`),
  ];
}

const parties = (paper: PageFormat, { signers }: Facts): Block[] =>
  signers.flatMap((signer, i) => [
    ...(i === 0 ? [heading('Parties', paper)] : []),
    party(paper, signer.name, signer.role, [
      ['E-mail', signer.email],
      ['Agreed', `${instant(signer.consented_at)} UTC`],
      ['Signed', `${instant(signer.signed_at)} UTC`],
      ['Day of signing', signer.date_signed && `${signer.date_signed} in ${signer.time_zone}`],
      ['Reached', ways[signer.assurance] ?? signer.assurance],
      ['Address', signer.address && addressOf(signer)],
      ['Browser', signer.user_agent],
      ['Reported by', signer.reported_by],
    ]),
  ]);

function consent(paper: PageFormat, { consent: { version, sha256, paragraphs } }: Facts): Block[] {
  const width = columnOf(paper);
  return [
    heading('What each of them agreed to before they saw the document', paper),
    // The first is the text's own title.
    ...paragraphs.map((text, i) =>
      tagged(
        i === 0 ? 'H3' : 'P',
        stack(textBlock(text, width, { size: 9.5, leading: 1.55, style: i === 0 ? 'strong' : 'text' }), space(6)),
      ),
    ),
    space(4),
    pair(paper, 'Version', version),
    pair(paper, 'SHA-256 of this text', sha256),
  ];
}

const hashes = (paper: PageFormat, { document }: Facts): Block[] => [
  heading('Hashes', paper),
  pair(paper, 'File as it was uploaded', document.upload_sha256),
  pair(paper, 'File that was signed', document.signed_sha256),
  remark(
    paper,
    'SHA-256. This record is also attached to this file for programs, as facts.json. The seal covers the document, this record and the attachment: whatever is changed afterwards shows.',
  ),
];
