import { writeFileSync } from 'node:fs';
import { encoded } from '../../../../shared/text/written.ts';
import { coverage } from './coverage.ts';

/** `node server/platform/documents/fonts/coverage.make.ts`: writes the table anew, after a face has changed. */
const table = encoded(await coverage());
writeFileSync(
  new URL('../../../../shared/text/covered.ts', import.meta.url),
  `/** What the faces of server/platform/documents have; written by coverage.make.ts there, read by written.ts here. */\nexport const covered =\n  '${table}';\n`,
);
