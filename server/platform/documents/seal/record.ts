import type { Facts } from '../../domain/files/documents.ts';
import { words } from '../fonts/words.ts';
import { type Block, beside, columnOf, grouped, ink, type PageFormat, row, space, stack, tagged, textBlock } from '../pages/layout.ts';

/** The parts that the records of our own are made of: the completion pages and the custody record. */

export const label = (text: string, width: number): Block => textBlock(text, width, { size: 8.5, colour: ink.muted, leading: 1.6 });
export const value = (text: string, width: number): Block => textBlock(text, width, { size: 9, leading: 1.5 });

/** Where values begin, from the left of the column. */
export const indent = 132;

export const heading = (text: string, paper: PageFormat): Block => ({
  ...tagged(
    'H2',
    stack(space(26), textBlock(text, columnOf(paper), { size: 12.5, style: 'strong', colour: ink.strong, leading: 1.3 }), space(9)),
  ),
  keep: true,
});

/** A row of a table of two columns, the first of which says what the second is. */
export const pair = (paper: PageFormat, name: string, text: string): Block => ({
  ...grouped(
    'TR',
    row(
      columnOf(paper),
      [
        { at: 0, block: tagged('TH', label(name, indent - 14), { scope: 'Row' }) },
        { at: indent, block: tagged('TD', value(text, columnOf(paper) - indent)) },
      ],
      5,
    ),
  ),
  row: true,
});

/** A sentence as wide as the column, under a hairline. */
export const remark = (paper: PageFormat, text: string): Block =>
  row(columnOf(paper), [{ at: 0, block: tagged('P', label(text, columnOf(paper))) }], 6);

/** What the record is, of what, and one sentence. */
export function title(paper: PageFormat, { kind, name, sentence }: { kind: string; name: string; sentence: string }): Block[] {
  const width = columnOf(paper);
  return [
    tagged(
      'H1',
      stack(
        textBlock(kind, width, { size: 9, colour: ink.muted }),
        space(4),
        textBlock(name, width, { size: 22, style: 'strong', colour: ink.strong, leading: 1.25 }),
      ),
    ),
    space(5),
    tagged('P', textBlock(sentence, width, { size: 10.5, colour: ink.muted })),
    space(20),
  ];
}

/** One party: the name at the left, and what is known of them beside it. */
export function party(
  paper: PageFormat,
  name: string,
  role: string | null,
  lines: readonly (readonly [name: string, text: string | null])[],
): Block {
  const width = columnOf(paper);
  const right = width - indent;
  const told = lines.flatMap(([what, text]) => (text === null ? [] : [{ what, text }]));
  return row(
    width,
    [
      {
        at: 0,
        block: stack(
          tagged('H3', textBlock(name, indent - 14, { size: 10.5, style: 'strong', colour: ink.strong, leading: 1.3 })),
          ...(role === null ? [] : [tagged('P', label(role, indent - 14))]),
        ),
      },
      {
        at: indent,
        block: grouped(
          'Table',
          stack(
            ...told.map(({ what, text }) =>
              grouped(
                'TR',
                beside(
                  { at: 0, block: tagged('TH', label(what, 86), { scope: 'Row' }) },
                  { at: 92, block: tagged('TD', value(text, right - 92)) },
                ),
              ),
            ),
          ),
        ),
      },
    ],
    9,
  );
}

/** What happened, in order. */
export function history(paper: PageFormat, events: Facts['events']): Block[] {
  const width = columnOf(paper);
  const who = 300;
  return [
    heading('What happened', paper),
    {
      ...grouped(
        'TR',
        beside(
          { at: 0, block: columnHead('Time, UTC', indent) },
          { at: indent, block: columnHead('Event', who - indent) },
          { at: who, block: columnHead('Who', width - who) },
        ),
      ),
      row: true,
      keep: true,
    },
    ...events.map((event) => happened(width, who, event)),
    remark(paper, 'An address or a browser is as good as the word of the one who reports it.'),
  ];
}

const columnHead = (text: string, width: number): Block => tagged('TH', label(text, width), { scope: 'Column' });

const happened = (width: number, who: number, event: Facts['events'][number]): Block => ({
  ...grouped(
    'TR',
    row(
      width,
      [
        { at: 0, block: tagged('TD', textBlock(instant(event.at), indent - 8, { size: 8.5, colour: ink.muted, leading: 1.6 })) },
        {
          at: indent,
          block: tagged(
            'TD',
            stack(
              textBlock(words[event.kind] ?? event.kind, who - indent - 12, { size: 9, leading: 1.5 }),
              ...(event.detail === null ? [] : [label(event.detail, who - indent - 12)]),
            ),
          ),
        },
        {
          at: who,
          block: tagged(
            'TD',
            stack(
              ...(event.who === null ? [] : [value(event.who, width - who)]),
              ...(event.address === null ? [] : [label(addressOf(event), width - who)]),
              label(`Reported by ${event.reported_by}`, width - who),
            ),
          ),
        },
      ],
      6,
    ),
  ),
  row: true,
});

/** With the proxy that said it. */
export const addressOf = ({ address, address_via }: Pick<Facts['events'][number], 'address' | 'address_via'>): string =>
  address_via === undefined ? `${address}` : `${address}, through ${address_via}`;

/** `2026-11-21 12:06:32.123`, from ISO 8601 in UTC. */
export const instant = (iso: string): string => iso.replace('T', ' ').replace(/Z$/, '');

const months = 'January February March April May June July August September October November December'.split(' ');
export function dayOf(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
}
