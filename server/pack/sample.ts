/** A PDF of two pages, of which one has a link and a note, so that most of what reading does has been done once. Its entries are in ASCII. */
export function samplePages(): string {
  const text = (page: number): string => {
    const lines = Array.from({ length: 12 }, (_, line) => `(Line ${line} of page ${page}: what is written here.) Tj T*`);
    return `q BT /F1 11 Tf 14 TL 60 780 Td ${lines.join('\n')} ET 0.5 w 60 600 m 300 600 l S 60 500 100 20 re f Q`;
  };
  const stream = (content: string, entries = ''): string => `<<${entries}/Length ${content.length}>>\nstream\n${content}\nendstream`;
  const page = (contents: number, more = ''): string =>
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 7 0 R>>>>/Contents ${contents} 0 R${more}>>`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>',
    page(5),
    page(6, '/Annots[8 0 R 9 0 R]'),
    stream(text(1)),
    stream(text(2)),
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
    '<</Type/Annot/Subtype/Link/Rect[60 60 160 80]/A<</S/URI/URI(https://example.com/)>>>>',
    '<</Type/Annot/Subtype/Stamp/F 4/Rect[60 100 160 140]/AP<</N 10 0 R>>>>',
    stream('0 0 100 40 re S', '/Type/XObject/Subtype/Form/BBox[0 0 100 40]/Resources<<>>'),
  ];
  let file = '%PDF-1.7\n';
  const rows = objects.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  return `${file}xref\n0 ${size}\n0000000000 65535 f \n${rows.join('')}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
}
