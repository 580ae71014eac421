import { inflateSync } from 'node:zlib';
import type { Budget } from './lexer.ts';
import { type Dict, isCount, isDict, isList, nameOf, Unreadable, type Value } from './values.ts';

/** The most that one cross-reference or object stream may become. */
const most = 32 * 1024 * 1024;

/** The data of a cross-reference or object stream: as they are, or by FlateDecode with or without a PNG predictor (ISO 32000-2, 7.4.4). */
export function decoded(dict: Dict, data: Buffer, budget: Budget): Buffer {
  const filter = only(dict.entries.get('Filter'));
  if (filter === undefined) return data;
  if (nameOf(filter) !== 'FlateDecode') throw new Unreadable('A stream of the file’s structure has another filter than FlateDecode.');
  const bytes = inflated(data, Math.min(most, budget.inflated));
  budget.inflated -= bytes.length;
  const parameters = only(dict.entries.get('DecodeParms'));
  return isDict(parameters) ? unpredicted(bytes, parameters) : bytes;
}

function only(value: Value | undefined): Value | undefined {
  if (!isList(value)) return value ?? undefined;
  if (value.length > 1) throw new Unreadable('A stream of the file’s structure has several filters.');
  return value[0] ?? undefined;
}

function inflated(data: Buffer, maxOutputLength: number): Buffer {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, maxOutputLength) });
  } catch {
    throw new Unreadable('A stream of the file’s structure does not inflate, or becomes larger than what is read.');
  }
}

function unpredicted(bytes: Buffer, { entries }: Dict): Buffer {
  const predictor = entries.get('Predictor') ?? 1;
  if (predictor === 1) return bytes;
  const [columns, colors, bits] = ['Columns', 'Colors', 'BitsPerComponent'].map((key, i) => entries.get(key) ?? [1, 1, 8][i]);
  if (!isCount(predictor) || predictor < 10 || !isCount(columns) || columns < 1 || columns > 1024 || colors !== 1 || bits !== 8)
    throw new Unreadable('A stream of the file’s structure has a predictor that is not read.');
  const rows = Math.ceil(bytes.length / (columns + 1));
  const plain = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * (columns + 1);
    unfilter(bytes[from] ?? 0, bytes.subarray(from + 1, from + 1 + columns), plain, row * columns, columns);
  }
  return plain;
}

/** One row of PNG (ISO/IEC 15948, 9.2) with one byte to a pixel. */
function unfilter(type: number, row: Buffer, plain: Buffer, at: number, columns: number): void {
  for (let i = 0; i < row.length; i++) {
    const left = i > 0 ? (plain[at + i - 1] ?? 0) : 0;
    const up = at > 0 ? (plain[at + i - columns] ?? 0) : 0;
    const corner = at > 0 && i > 0 ? (plain[at + i - columns - 1] ?? 0) : 0;
    plain[at + i] = (row[i] ?? 0) + predicted(type, left, up, corner);
  }
}

function predicted(type: number, left: number, up: number, corner: number): number {
  if (type === 0) return 0;
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  if (type !== 4) throw new Unreadable('A row has a PNG filter that there is not.');
  const [a, b, c] = [left, up, corner].map((near) => Math.abs(left + up - corner - near)) as [number, number, number];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
