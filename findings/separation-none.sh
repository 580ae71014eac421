#!/bin/sh
# A colour that marks nothing: the colorant /None of a Separation space, as mupdf, pdf.js and poppler paint it.
#
# ISO 32000-1, 8.6.6.4: painting in a Separation space whose colorant is None "shall not produce any visible output", and a reader may not use
# the alternate space for it. Expected: the rectangle below is nowhere. Seen: poppler shows a white page; mupdf and pdf.js take the alternate
# space and paint it red. What is on the screen of one reader is not on that of another.
#
# Uses Debian's poppler-utils, mupdf-tools and imagemagick, node and npm. Exits 0 while that is seen, 1 when it has changed.
set -eu
for tool in pdftoppm mutool convert; do command -v $tool > /dev/null || { echo "$tool is missing"; exit 2; }; done
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
npm install --silent --no-save pdfjs-dist@5.4.149 > /dev/null

cat > write.cjs <<'JS'
const tint = '<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[1 0 0]/N 1>>';
const content = '/Nothing cs 1 scn 20 20 160 60 re f';
const objects = [
  '<</Type/Catalog/Pages 2 0 R>>',
  '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</ColorSpace<</Nothing[/Separation/None/DeviceRGB ${tint}]>>>>>>`,
  `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
];
let file = '%PDF-1.7\n';
const at = objects.map((object, i) => {
  const place = file.length;
  file += `${i + 1} 0 obj\n${object}\nendobj\n`;
  return `${String(place).padStart(10, '0')} 00000 n \n`;
});
const table = file.length;
file += `xref\n0 ${at.length + 1}\n0000000000 65535 f \n${at.join('')}trailer\n<</Root 1 0 R/Size ${at.length + 1}>>\nstartxref\n${table}\n%%EOF\n`;
require('node:fs').writeFileSync('none.pdf', file);
JS
node write.cjs

colours() { convert "$1" -unique-colors -depth 8 txt:- | sed -n 's/.*\(#[0-9A-F]\{6\}\).*/\1/p' | tr '\n' ' '; }
pdftoppm -v 2>&1 | head -1
pdftoppm -r 72 -png -singlefile none.pdf poppler
mutool -v 2>&1 | head -1
mutool draw -q -r 72 -o mupdf.png none.pdf 2> /dev/null
poppler=$(colours poppler.png)
mupdf=$(colours mupdf.png)
cat > pdfjs.mjs <<'JS'
import { getDocument, OPS, version } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { readFileSync } from 'node:fs';
const page = await (await getDocument({ data: new Uint8Array(readFileSync('none.pdf')), verbosity: 0 }).promise).getPage(1);
const { fnArray, argsArray } = await page.getOperatorList();
const colour = fnArray.flatMap((fn, i) => (fn === OPS.setFillRGBColor ? [String(argsArray[i])] : []));
console.error(`pdf.js ${version}`);
console.log(colour.join(' '));
JS
pdfjs=$(node pdfjs.mjs)
echo "poppler: $poppler"
echo "mupdf:   $mupdf"
echo "pdf.js fills with: $pdfjs"
case "$poppler" in *FF0000*) echo "poppler has changed"; exit 1;; esac
case "$mupdf" in *FF0000*) ;; *) echo "mupdf has changed"; exit 1;; esac
case "$pdfjs" in *ff0000*|*255,0,0*) ;; *) echo "pdf.js has changed"; exit 1;; esac
echo "as described"
