/** One line of JSON for each thing worth telling an operator. Callers give ids, codes and route patterns, never addresses or bodies. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, string | number>>): void;
  /** A bug or a breakage of ours (level `error`, with its stack), or somebody else's that we had foreseen (`warn`). Redacted: an error's text may quote what it failed on. */
  error(error: unknown, instance: string): void;
}

export function createLog(part: string, write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)): Log {
  const line = (level: string, facts: object) => write(redact(JSON.stringify({ at: new Date().toISOString(), level, part, ...facts })));
  return {
    info: (message, facts) => line('info', { message, ...facts }),
    error: (error, instance) => line(isExpected(error) ? 'warn' : 'error', { instance, ...describe(error) }),
  };
}

/** A vendor that fails or does not answer was foreseen: where in our code it was noticed tells nothing. */
const isExpected = (error: unknown): boolean => error instanceof Error && (error.name === 'Failure' || error.name === 'OutboundFailure');

function describe(error: unknown): { message: string; stack?: string | undefined; cause?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const stack = isExpected(error) ? {} : { stack: error.stack };
  return { message: error.message, ...stack, ...(error.cause ? { cause: causesOf(error).map(String).join(' < ') } : {}) };
}

/** What it came of, and what that came of: a vendor's failure has the way's as its cause, and that the network's. No more is told, nor a circle run round. */
function causesOf({ cause }: Error, most = 4): unknown[] {
  if (!cause || most === 0) return [];
  return cause instanceof Error ? [cause, ...causesOf(cause, most - 1)] : [cause];
}

/**
 * Everything with the shape of a secret of ours or of a vendor's: keys, JWTs, sessions, the secret part of a link, e-mail addresses. No letter is read
 * again and again, however long a text is: an address begins only where its letters do, and whatever else has begun is one, or ends within 16 letters.
 */
const addresses = /(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+/g;
const secrets =
  /\b(?:lk_[0-9a-f]{8,}|slp_\w{8,}|slt_\w{8,}|kvqp_\w{4,}|(?:sk|ck)_(?:live|test)_\w{4,}|whsec_[\w+/=]{8,}|eyJ[\w.-]{8,})|(?<=sessionId=|token=|DPoP |Bearer |#)[\w.-]{16,}/g;
export const redact = (text: string): string => text.replace(addresses, '[redacted]').replace(secrets, '[redacted]');
