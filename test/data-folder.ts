import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for what a server keeps, where `npm test` keeps them: in memory, when there is room. What a run leaves behind goes at its end. */
export const newDataFolder = (prefix: string): Promise<string> => mkdtemp(join(process.env.INLAY_DATA_FOLDERS ?? tmpdir(), prefix));
