import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What goes wrong at the nth write or flush: faults.c says how. `cut` is a kill that loses what was not flushed, as when the power fails. */
export type Fault = 'eio' | 'enospc' | 'kill' | 'term' | 'cut';

/** The library that does it; a sentence where it cannot be had. */
export function faultsLibrary(): { file: string } | string {
  if (process.platform !== 'linux') return 'Writes are made to fail by LD_PRELOAD, which is Linux’s.';
  const folder = mkdtempSync(join(tmpdir(), 'inlay-faults-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'faults.so');
  try {
    execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', file, fileURLToPath(new URL('./faults.c', import.meta.url)), '-ldl'], {
      stdio: 'pipe',
    });
  } catch (error) {
    if (process.env.INLAY_TOOLS === 'required') throw error;
    return 'No C compiler is installed: Debian packages gcc and libc6-dev.';
  }
  return { file };
}

/** What a process is started with, so that its nth write below the folder goes wrong; without a number its writes are counted. */
export function faulty(library: string, folder: string, fault?: { kind: Fault; at: number }) {
  const room = join(folder, 'room.made');
  const count = join(folder, 'writes.counted');
  rmSync(room, { force: true });
  return {
    env: {
      LD_PRELOAD: library,
      FAULTS_MATCH: `${folder}/`,
      FAULTS_COUNT: count,
      FAULTS_ROOM: room,
      FAULTS_KIND: fault?.kind === 'cut' ? 'kill' : (fault?.kind ?? ''),
      FAULTS_AT: String(fault?.at ?? 0),
      ...(fault?.kind === 'cut' && { FAULTS_UNDO: '1' }),
    },
    /** Once the process has ended: how many writes and flushes it made. */
    written: () => Number(readFileSync(count, 'utf8')),
    /** The full disk has room again. */
    makeRoom: () => writeFileSync(room, ''),
  };
}

/** Takes back what was written to the files of a folder and never flushed, as a power cut does; the newest first. */
export async function cutPower(folder: string): Promise<void> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.undo')) continue;
    const log = join(folder, name);
    const file = log.slice(0, -'.undo'.length);
    const bytes = readFileSync(log);
    rmSync(log);
    if (!existsSync(file)) continue;
    const records: { at: number; was: Buffer; size: number }[] = [];
    for (let i = 0; i + 24 <= bytes.length; ) {
      const [at, length, size] = [0, 8, 16].map((offset) => Number(bytes.readBigUInt64LE(i + offset))) as [number, number, number];
      if (i + 24 + length > bytes.length) break;
      records.push({ at, was: bytes.subarray(i + 24, i + 24 + length), size });
      i += 24 + length;
    }
    const handle = await open(file, 'r+');
    for (const { at, was, size } of records.reverse()) {
      if (was.length > 0) await handle.write(was, 0, was.length, at);
      await handle.truncate(size);
    }
    await handle.close();
    // What readers shared of the log no longer fits it.
    if (file.endsWith('-wal') && existsSync(`${file.slice(0, -4)}-shm`)) truncateSync(`${file.slice(0, -4)}-shm`, 0);
  }
}
