import { PDFDict, PDFName, type PDFObject, PDFRawStream } from '@cantoo/pdf-lib';
import { rectangleIn } from '../pdf/appearance.ts';
import { decoded } from '../pdf/isolate.ts';
import { Refusal } from '../pdf/refusals.ts';
import { dictIn, itemsIn, nameIn, numberIn, valueIn } from '../pdf/walk.ts';
import { createPath } from './content-path.ts';
import { isComplete, isOperator, type Operands, scan } from './content-scan.ts';
import { fresh, gray, type Paint, type State } from './content-state.ts';
import {
  colourFault,
  coloursIn,
  componentsOf,
  dashFault,
  fontFault,
  isOutlined,
  isPattern,
  type Resources,
  resourceIn,
  shadingFault,
} from './painting.ts';
import { entriesOf, isInlineLacking } from './picture-data.ts';

/** Bytes, inflated; pdf.js would take longer over more than a document may. */
export const mostContent = 64 << 20;
/** Deeper than the forms in forms of any program. */
const deepest = 24;

/** What the contents of a document have in common. */
export interface Around {
  readonly page: number;
  /** Those that are drawn, each with its first page. */
  readonly pictures: Map<PDFRawStream, number>;
  /** Forms, patterns and fonts that were gone through, with the states in which they were drawn. */
  readonly seen: Map<PDFObject, Set<string>>;
  readonly compatible: Set<number>;
  /** The page's content ends a state that it did not begin. */
  loose(): void;
}

/** Goes through a content so deep in others, the page's being 0. */
export type Check = (content: Buffer, resources: Resources, begins: State, level: number) => void;

/** Refusal `differs`, see `checkContents`. */
export function createCheck({ page, pictures, seen, compatible, loose }: Around): Check {
  const refuse = (found: string): never => {
    throw new Refusal('differs', found, page);
  };
  const isNew = (object: PDFObject, state: string): boolean => {
    const states = seen.get(object) ?? new Set();
    seen.set(object, states);
    return states.size < states.add(state).size;
  };

  const check: Check = (content, resources, begins, level) => {
    if (level > deepest) refuse('XObject');
    let state = begins;
    const path = createPath();
    /** Between BT and ET; and what, since, has left the place of the next letter to each reader. */
    let inText = false;
    let astray: string | undefined;
    const states: State[] = [];

    const inside = (stream: PDFRawStream, own: Resources, within: State): void => {
      const bytes = decoded(stream, mostContent) ?? refuse('Contents');
      check(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), own, within, level + 1);
    };
    const set = (change: Partial<State>): void => {
      state = { ...state, ...change };
    };
    const ended = (): void => {
      if (path.end()) set({ state: 'W' });
    };
    const painted = ({ fault = state.state }: Paint): void => {
      if (fault !== undefined) refuse(fault);
    };

    const patternFault = (name: string): string | undefined => {
      const pattern = resourceIn(resources, 'Pattern', name);
      if (pattern instanceof PDFDict) return shadingFault(valueIn(pattern, 'Shading'));
      if (!(pattern instanceof PDFRawStream)) return 'Pattern';
      if (!rectangleIn(pattern.dict, 'BBox')) return 'BBox';
      if (![numberIn(pattern.dict, 'XStep'), numberIn(pattern.dict, 'YStep')].every(Boolean)) return 'Pattern';
      if (isNew(pattern, '')) inside(pattern, dictIn(pattern.dict, 'Resources') ?? resources, fresh);
      return undefined;
    };
    const space = (name: string): Paint => {
      const found = coloursIn(resources, name);
      return { fault: colourFault(found), pattern: isPattern(found), parts: componentsOf(found) };
    };
    const colour = ({ fault, pattern = false, parts }: Paint, operands: Operands): Paint => {
      const isNamed = operands.kinds.endsWith('N');
      if (isNamed !== pattern) return { fault: fault ?? 'Pattern', pattern, parts };
      if (isNamed) return { fault: patternFault(operands.name(operands.count - 1)), pattern };
      return { fault: fault ?? (parts === undefined || parts === operands.count ? undefined : 'scn'), parts };
    };
    const stroked = (): void => {
      const { dash, width, cap } = state;
      const fault = dash ?? width ?? ([0, 1, 2].includes(cap) ? undefined : 'J') ?? (path.isDot() && cap > 0 ? 'h' : undefined);
      if (fault !== undefined) refuse(fault);
      painted(state.stroke);
    };

    const textFault = (font: PDFObject | undefined): string | undefined => {
      if (!(font instanceof PDFDict) || nameIn(font, 'Subtype') !== 'Type3' || !isNew(font, '')) return fontFault(font);
      const glyphs = dictIn(font, 'CharProcs');
      for (const key of glyphs?.keys() ?? []) {
        const glyph = glyphs?.lookup(key);
        if (glyph instanceof PDFRawStream) inside(glyph, dictIn(font, 'Resources') ?? resources, fresh);
      }
      return undefined;
    };
    const inFont = (font: PDFObject | undefined): void => set({ font: textFault(font), outlined: isOutlined(font) });
    const shown = (operands: Operands): void => {
      if (!operands.shows) return;
      if (state.font !== undefined) refuse(state.font);
      if (astray !== undefined) refuse(astray);
      const { mode } = state;
      // 4 and more clip what comes after by the letters (9.3.6), of which readers have outlines of their own where the file has none.
      if (!(mode >= 0 && mode < (state.outlined ? 8 : 4))) refuse('Tr');
      painted({});
      if (mode % 4 === 0 || mode % 4 === 2) painted(state.fill);
      if (mode % 4 === 1 || mode % 4 === 2) stroked();
    };

    const form = (found: PDFRawStream): void => {
      if (!rectangleIn(found.dict, 'BBox')) refuse('BBox');
      const own = dictIn(found.dict, 'Resources');
      if (!own || isNew(found, JSON.stringify(state))) inside(found, own ?? resources, state);
    };
    const object = (name: string): void => {
      const found = resourceIn(resources, 'XObject', name);
      const kind = found instanceof PDFRawStream ? nameIn(found.dict, 'Subtype') : undefined;
      painted({});
      if (!(found instanceof PDFRawStream) || (kind !== 'Form' && kind !== 'Image')) refuse('XObject');
      else if (kind === 'Form') form(found);
      else {
        if (`${valueIn(found.dict, 'ImageMask')}` === 'true') painted(state.fill);
        if (!pictures.has(found)) pictures.set(found, page);
      }
    };
    const graphics = (name: string): void => {
      const given = resourceIn(resources, 'ExtGState', name);
      if (!(given instanceof PDFDict)) {
        set({ state: 'ExtGState' });
        return;
      }
      const [dashes] = itemsIn(given, 'D');
      if (dashes) set({ dash: dashFault(String(dashes)) });
      if (given.has(PDFName.of('Font'))) inFont(itemsIn(given, 'Font')[0]);
      const mask = dictIn(given, 'SMask');
      const group = mask && valueIn(mask, 'G');
      if (group instanceof PDFRawStream) form(group);
    };

    const acts: Readonly<Record<string, Act>> = {
      q: () => void states.push(state),
      Q: () => {
        const before = states.pop();
        // Of a form, pdf.js ends the states around it.
        if (!before && level > 0) refuse('Q');
        if (before) state = before;
        else loose();
        if (inText) astray = 'q';
      },
      BT: () => {
        inText = true;
        astray = undefined;
      },
      ET: () => {
        inText = false;
      },
      Tm: () => {
        astray = undefined;
      },
      gs: (operands) => graphics(operands.name(0)),
      Tf: (operands) => inFont(resourceIn(resources, 'Font', operands.name(0))),
      Tr: (operands) => set({ mode: operands.number(0) }),
      cs: (operands) => set({ fill: space(operands.name(0)) }),
      CS: (operands) => set({ stroke: space(operands.name(0)) }),
      Do: (operands) => {
        object(operands.name(0));
        if (inText) astray = 'Do';
      },
      sh: (operands) => painted({ fault: shadingFault(resourceIn(resources, 'Shading', operands.name(0))) }),
      ...each('sc scn', (operands) => set({ fill: colour(state.fill, operands) })),
      ...each('SC SCN', (operands) => set({ stroke: colour(state.stroke, operands) })),
      g: () => set({ fill: gray }),
      G: () => set({ stroke: gray }),
      ...each('rg k', (operands) => set({ fill: { parts: operands.count } })),
      ...each('RG K', (operands) => set({ stroke: { parts: operands.count } })),
      d: (operands) => set({ dash: dashFault(operands.text(0)) }),
      w: (operands) => set({ width: operands.number(0) < 0 ? 'w' : undefined }),
      J: (operands) => set({ cap: operands.number(0) }),
      m: path.move,
      re: path.rectangle,
      h: path.close,
      ...each('W W*', path.clip),
      ...each('l c v y', () => path.extend() || refuse('l')),
      n: ended,
      ...each('Tj TJ \' "', shown),
      ...each('f F f* B B* b b*', (_, operator) => {
        painted(state.fill);
        if (/^b/i.test(operator)) stroked();
        ended();
      }),
      ...each('S s', () => {
        stroked();
        ended();
      }),
    };

    /** How many BX are open, and whether pdf.js still has the operands of an operator that nobody knows. */
    let [open, left] = [0, false];
    const visit = (operator: string, operands: Operands): void => {
      if (operator === 'BX') open += 1;
      if (operator === 'EX') open = Math.max(0, open - 1);
      if (!isOperator(operator)) {
        if (open > 0) compatible.add(page);
        else refuse('operator');
        left ||= operands.count > 0;
      } else if (isComplete(operator, operands)) {
        if (left && /^scn?$/i.test(operator)) refuse('BX');
        if (operator !== 'BX' && operator !== 'EX') left = false;
        acts[operator]?.(operands, operator);
      } else refuse(operator);
    };
    const picture = (operands: Operands, data: Buffer): void => {
      const lacks = isInlineLacking(entriesOf(operands), data, (name) => coloursIn(resources, name));
      painted(lacks ? { fault: 'Image' } : {});
    };
    if (!scan(content, visit, picture)) refuse('string');
  };
  return check;
}

type Act = (operands: Operands, operator: string) => unknown;

const each = (operators: string, act: Act): Record<string, Act> =>
  Object.fromEntries(operators.split(' ').map((operator) => [operator, act]));
