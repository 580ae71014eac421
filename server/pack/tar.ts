import { gzipSync } from 'node:zlib';

/** One of every package's files has this time, as npm's own packages do (26 October 1985): the same files are then the same bytes. */
const modified = 499_162_500;

/** Files by their paths (99 ASCII characters at most), as a gzipped archive (POSIX ustar) that npm installs: everything lies in `package/`. */
export function tarball(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts = [...files]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([path, bytes]) => [headerOf(`package/${path}`, bytes.length), bytes, Buffer.alloc(-bytes.length & 511)]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]), { level: 9 });
}

function headerOf(path: string, size: number): Buffer {
  if (!/^[\x20-\x7e]{1,99}$/.test(path)) throw new RangeError(`The path does not fit into an archive: ${path}`);
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(path, 0);
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(modified, 12), 100);
  // The sum is taken as if its own place were spaces; then comes the kind: a file.
  header.write(`${' '.repeat(8)}0`, 148);
  header.write('ustar\x0000', 257);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return header;
}
