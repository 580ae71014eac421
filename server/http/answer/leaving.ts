/** How Node says that the other side is gone. */
const gone: ReadonlySet<string> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_HTTP_REQUEST_TIMEOUT', 'ECONNRESET', 'EPIPE']);

/**
 * Has whoever called left, or not spoken HTTP to the end (`HPE_…`: Node's parser)? Nobody is left to be told, and it is nobody's breakage. What
 * a vendor answers is parsed by undici, whose errors have a name of their own.
 */
export function isLeaving(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  return gone.has(code) || (code.startsWith('HPE_') && error.name === 'Error');
}
