// Runs intake.child as server/build.ts packs it: one script, with V8's cache of what it compiled, because finding and compiling the libraries
// anew for each upload takes longer than reading a file. V8 sets a cache aside that another version of it made.
const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const file = join(__dirname, '../../../node_modules/.cache/inlay/intake.cjs');
const cache = `${file}.cache`;
const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
const script = new Script(source, { filename: file, cachedData: existsSync(cache) ? readFileSync(cache) : undefined });
const packed = { exports: {} };
script.runInThisContext()(packed.exports, createRequire(file), packed, file, dirname(file));

module.exports = { ...packed.exports, cache, cachedData: () => script.createCachedData() };
