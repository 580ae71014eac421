#!/bin/sh
# wawoff2 2.0.1: what `decompress` resolves with is a view of the decoder's own memory, and the next font is written over it.
#
# The README says that `decompress(buffer)` gives the font's bytes. Expected: two fonts that are unpacked one after the other are both whole.
# Seen: both results lie in one ArrayBuffer, at its head; the first one's bytes change as soon as the second is unpacked, so a program that
# keeps several faces at hand (one for each script, say) ends with tables of one font in another. Copy each result before the next call.
#
# Uses node and npm. Exits 0 while that is seen, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
npm install --silent --no-save wawoff2@2.0.1 @fontsource/noto-sans-lao@5.3.0 @fontsource/noto-sans-myanmar@5.3.0 > /dev/null
cat > try.cjs <<'JS'
const { readFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const { decompress } = require('wawoff2');
const font = (script) => readFileSync(`node_modules/@fontsource/noto-sans-${script}/files/noto-sans-${script}-${script}-400-normal.woff2`);
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
(async () => {
  const lao = await decompress(font('lao'));
  const alone = hash(lao);
  const myanmar = await decompress(font('myanmar'));
  const after = hash(lao);
  const again = hash(await decompress(font('lao')));
  console.log(`wawoff2 ${require('wawoff2/package.json').version}`);
  console.log(`Lao, unpacked: ${alone}; unpacked once more: ${again}`);
  console.log(`the first result after Myanmar was unpacked: ${after}`);
  console.log(`one memory for both: ${lao.buffer === myanmar.buffer}`);
  const seen = alone === again && after !== alone && lao.buffer === myanmar.buffer;
  console.log(seen ? 'as described' : 'this has changed');
  process.exit(seen ? 0 : 1);
})();
JS
node try.cjs
