import type { Facts } from '../domain/documents.ts';
import { type Block, beside, columnOf, ink, type Paper, row, space, stack, textBlock } from './layout.ts';
import { words } from './words.ts';

/** The parts that the records of our own are made of: the completion pages and the custody record. */

export const label = (text: string, width: number): Block => textBlock(text, width, { size: 8.5, colour: ink.muted, leading: 1.6 });
export const value = (text: string, width: number): Block => textBlock(text, width, { size: 9, leading: 1.5 });

/** Where values begin, from the left of the column. */
export const indent = 132;

export const heading = (text: string, paper: Paper): Block => ({
  ...stack(space(26), textBlock(text, columnOf(paper), { size: 12.5, style: 'strong', colour: ink.strong, leading: 1.3 }), space(9)),
  keep: true,
});

export const pair = (paper: Paper, name: string, text: string): Block =>
  row(
    columnOf(paper),
    [
      { at: 0, block: label(name, indent - 14) },
      { at: indent, block: value(text, columnOf(paper) - indent) },
    ],
    5,
  );

/** A sentence as wide as the column, under a hairline. */
export const remark = (paper: Paper, text: string): Block => row(columnOf(paper), [{ at: 0, block: label(text, columnOf(paper)) }], 6);

/** What the record is, of what, and one sentence. */
export function title(paper: Paper, { kind, name, sentence }: { kind: string; name: string; sentence: string }): Block[] {
  const width = columnOf(paper);
  return [
    textBlock(kind, width, { size: 9, colour: ink.muted }),
    space(4),
    textBlock(name, width, { size: 22, style: 'strong', colour: ink.strong, leading: 1.25 }),
    space(5),
    textBlock(sentence, width, { size: 10.5, colour: ink.muted }),
    space(20),
  ];
}

/** One party: the name at the left, and what is known of them beside it. */
export function party(
  paper: Paper,
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
          textBlock(name, indent - 14, { size: 10.5, style: 'strong', colour: ink.strong, leading: 1.3 }),
          ...(role === null ? [] : [label(role, indent - 14)]),
        ),
      },
      {
        at: indent,
        block: stack(
          ...told.map(({ what, text }) => beside({ at: 0, block: label(what, 86) }, { at: 92, block: value(text, right - 92) })),
        ),
      },
    ],
    9,
  );
}

/** What happened, in order. */
export function history(paper: Paper, events: Facts['events']): Block[] {
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
    remark(paper, 'An address or a browser is as good as the word of the one who reports it.'),
  ];
}

/** `2026-11-21 12:06:32.123`, from ISO 8601 in UTC. */
export const instant = (iso: string): string => iso.replace('T', ' ').replace(/Z$/, '');

const months = 'January February March April May June July August September October November December'.split(' ');
export function dayOf(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
}
