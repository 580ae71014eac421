// Writes into LOADED_FILE, when the process ends, which files it has loaded as modules, and which parts of Node.
import { writeFileSync } from 'node:fs';
import module from 'node:module';

const files = [];
module.registerHooks({
  load(url, context, next) {
    files.push(url);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env.LOADED_FILE, JSON.stringify({ files, node: process.moduleLoadList })));
