import { z } from 'zod/mini';

/**
 * One line that somebody is told, of 1 to `max` characters without outer white space, in NFC: the same name in two spellings is one. Control
 * characters and line ends are refused; half a character (a lone surrogate) is refused wherever input is read.
 */
export const line = (max: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.normalize('NFC'),
      z.minLength(1),
      z.maxLength(max),
      z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must not hold control characters'),
    );

/** May an id stand in an address? A part of it that means "here" or "up" leads elsewhere, however it is escaped (RFC 3986, 5.2.4). */
export const isAddressable = (id: string): boolean => id.split(/[/\\]/).every((part) => part !== '.' && part !== '..');

/** The partner's own id of a customer, 1 to 128 characters; vendors have it in their addresses. */
export const externalId = line(128).check(z.refine(isAddressable, 'must not hold . or .. as a part of its own'));

/** A number in a query, as its decimal digits alone. */
export const digits = (low: number, high: number) =>
  z.pipe(
    z.string().check(z.regex(/^\d{1,15}$/, 'must be a whole number')),
    z.pipe(
      z.transform((text: string) => Number(text)),
      z.int().check(z.minimum(low), z.maximum(high)),
    ),
  );
