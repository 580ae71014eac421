#!/bin/sh
# Poppler does not know UserUnit: the size that it tells of a page, and draws it in, is not the page's.
#
# ISO 32000-1, 14.11.2 and table 30 (PDF 1.6): UserUnit is the size of a unit of the page's space, in 1/72 inch. Expected of a page of 200 by
# 100 units of 2/72 inch: 400 by 200 points, and at 72 dpi as many pixels. Seen: pdfinfo says 200 x 100 pts and pdftoppm draws 200 by 100
# pixels; mutool and Ghostscript draw 400 by 200. A place that is measured in poppler's points is somewhere else on the page of the others.
#
# Uses Debian's poppler-utils, mupdf-tools, ghostscript and imagemagick, and node. Exits 0 while that is seen, 1 when it has changed.
set -eu
for tool in pdfinfo pdftoppm mutool gs identify node; do command -v $tool > /dev/null || { echo "$tool is missing"; exit 2; }; done
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
cat > write.cjs <<'JS'
const content = '0 0 100 50 re f';
const objects = [
  '<</Type/Catalog/Pages 2 0 R>>',
  '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/UserUnit 2/Contents 4 0 R/Resources<<>>>>',
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
require('node:fs').writeFileSync('unit.pdf', file);
JS
node write.cjs
pdftoppm -v 2>&1 | head -1
mutool -v 2>&1 | head -1
echo "Ghostscript $(gs --version)"
pdftoppm -r 72 -png -singlefile unit.pdf poppler
mutool draw -q -r 72 -o mupdf.png unit.pdf 2> /dev/null
gs -q -dBATCH -dNOPAUSE -sDEVICE=png16m -r72 -o gs.png unit.pdf
size() { identify -format '%wx%h' "$1"; }
told=$(pdfinfo unit.pdf | sed -n 's/^Page size: *//p')
echo "pdfinfo: $told; pdftoppm: $(size poppler.png); mutool: $(size mupdf.png); Ghostscript: $(size gs.png)"
[ "$told" = "200 x 100 pts" ] && [ "$(size poppler.png)" = 200x100 ] && [ "$(size mupdf.png)" = 400x200 ] && [ "$(size gs.png)" = 400x200 ] ||
  { echo "this has changed"; exit 1; }
echo "as described"
