import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { makeAuthority } from '../../../server/platform/documents/seal/authority.ts';
import { works } from '../../../server/platform/documents/seal/work.ts';
import { type Body, onePage, pdf, stream } from '../../fixtures/pdf/build.ts';
import { tool } from '../../tools.ts';
import { assertSealed, judges } from '../world/judges.ts';

const identity = await makeAuthority(Date.now());
const pages = [{ box: [0, 0, 612, 792] as const, rotate: 0 as const, userUnit: 1 }];
const about = '/Info<</Title(The lease)/Author(Ada)/GTS_PDFXVersion(PDF/X-4)/GTS_PDFXConformance(PDF/X-4)>>';

/** The file sealed, and its own metadata as poppler reads them. */
async function metadataOfSealed(metadata: Body, more: { catalog?: string; objects?: Body[] } = {}) {
  const objects = onePage('The lease.', { catalog: `/Metadata 6 0 R${more.catalog ?? ''}`, more: [metadata, ...(more.objects ?? [])] });
  const source = pdf(objects, about);
  return works.seal({ source, pages, marks: [], facts: null, reason: 'Sealed', identity, at: Date.now() });
}

const rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';
const packet = (inside: string): string =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${rdf}>${inside}</rdf:RDF></x:xmpmeta>\n${' '.repeat(200)}\n<?xpacket end="w"?>`;
const title =
  '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">The lease &amp; more</rdf:li></rdf:Alt></dc:title></rdf:Description>';
const description = (attributes: string, inside = ''): string => `<rdf:Description rdf:about="" ${attributes}>${inside}</rdf:Description>`;

/** How files claim: as they are written by many programs. */
const claims: Readonly<Record<string, string>> = {
  'PDF/A as elements': description(
    'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"',
    '<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>',
  ),
  'PDF/A as attributes': description('xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="1" pdfaid:conformance="A"'),
  'PDF/A under another prefix': description('xmlns:a="http://www.aiim.org/pdfa/ns/id/" a:part="3"', '<a:conformance>U</a:conformance>'),
  'PDF/A-4 in an address with entities': description('xmlns:q="http://www.aiim.org/pdf&#97;/ns/id/" q:part="4" q:rev="2020"'),
  'PDF/UA': description('xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"', '<pdfuaid:part>1</pdfuaid:part>'),
  'PDF/E': description('xmlns:pdfe="http://www.aiim.org/pdfe/ns/id/"', '<pdfe:ISO_PDFEVersion>PDF/E-1</pdfe:ISO_PDFEVersion>'),
  'PDF/X': description('xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/"', '<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>'),
  'PDF/X in the older way': description('xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" pdfx:GTS_PDFXVersion="PDF/X-1:2001"'),
  'PDF/VT': description('xmlns:pdfvtid="http://www.npes.org/pdfvt/ns/id/" pdfvtid:GTS_PDFVTVersion="PDF/VT-1"'),
  'a declaration': description(
    'xmlns:pdfd="http://pdfa.org/declarations/"',
    '<pdfd:declarations><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfd:conformsTo>http://pdfa.org/declarations/wtpdf#reuse1.0</pdfd:conformsTo></rdf:li></rdf:Bag></pdfd:declarations>',
  ),
  'an invoice': description(
    'xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#" fx:ConformanceLevel="EN 16931" fx:DocumentFileName="factur-x.xml"',
  ),
  'schemas of PDF/A': description(
    'xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"',
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix></rdf:li></rdf:Bag></pdfaExtension:schemas>',
  ),
};
const claimWords = /pdfaid|pdfuaid|pdfxid|pdfvtid|pdfe|pdfd|aiim|npes|declarations|factur|:part|conformance|GTS_|Extension|\ba:/i;

for (const [what, claim] of Object.entries(claims))
  test(`a sealed file does not claim what its upload did: ${what}`, async (t) => {
    const judge = judges(t);
    const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
    if (!judge || !pdfinfo) return;
    const xml = packet(`${title}${claim}`);
    for (const metadata of [
      stream(xml, '/Type/Metadata/Subtype/XML'),
      stream(deflateSync(xml), '/Type/Metadata/Subtype/XML/Filter/FlateDecode'),
      stream(Buffer.from(`\ufeff${xml}`, 'utf16le'), '/Type/Metadata/Subtype/XML'),
    ]) {
      const sealed = await metadataOfSealed(metadata);
      const said = pdfinfo('-meta', judge.keep('sealed.pdf', sealed));
      assert.match(said, /The lease &amp; more/);
      assert.doesNotMatch(said.replace(/http:\/\/[^"]*xmlns|.*W5M0.*/g, ''), claimWords);
      const info = pdfinfo(judge.keep('sealed.pdf', sealed));
      assert.match(info, /Title: +The lease\nAuthor: +Ada/);
      assert.doesNotMatch(info, /PDF\/X|PDF subtype/);
    }
  });

test('what metadata tell besides stays, and metadata that claim nothing stay as they are', async (t) => {
  const judge = judges(t);
  if (!judge) return;
  const own = description('xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" pdfx:Company="Harbor"', '<pdfx:Department>Leases</pdfx:Department>');
  const sealed = await metadataOfSealed(stream(packet(`${own}${title}${claims['PDF/A as elements']}`)));
  assertSealed(judge, sealed, identity);
  const text = Buffer.from(sealed).toString('utf8');
  for (const kept of ['pdfx:Company="Harbor"', '<pdfx:Department>Leases</pdfx:Department>', 'The lease &amp; more'])
    assert.ok(text.includes(kept), kept);
  const plain = packet(`${own}${title}`);
  assert.ok(Buffer.from(await metadataOfSealed(stream(plain, '/Type/Metadata/Subtype/XML'))).includes(plain));
});

test('metadata that nobody can read are left out: they may claim anything', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const claim = packet(claims['PDF/A as elements'] ?? '');
  for (const unreadable of [
    claim.replace('</rdf:RDF>', ''),
    claim.replace('<x:xmpmeta', '<!DOCTYPE x [<!ENTITY e "http://www.aiim.org/pdfa/ns/id/">]><x:xmpmeta'),
    `${claim}\n<pdfaid:part>`,
    '',
    Buffer.concat([Buffer.from(claim), Buffer.from([0xff, 0xfe])]),
  ]) {
    const sealed = await metadataOfSealed(stream(unreadable, '/Type/Metadata/Subtype/XML'));
    judge.qpdf('--check', judge.keep('sealed.pdf', sealed));
    assert.ok(!Buffer.from(sealed).includes('pdfaid'));
    assert.doesNotMatch(judge.qpdf('--json', judge.keep('sealed.pdf', sealed)), /"\/Metadata"/);
    assert.match(pdfinfo(judge.keep('sealed.pdf', sealed)), /Title: +The lease/);
  }
});

test('a picture that brings metadata of its own claims nothing either', async () => {
  const claim = stream(packet(claims['PDF/A as elements'] ?? ''), '/Type/Metadata/Subtype/XML');
  const objects = [claim, stream('q Q', '/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Metadata 7 0 R')];
  const sealed = await metadataOfSealed(stream(packet(title), '/Type/Metadata/Subtype/XML'), { catalog: '/Own 8 0 R', objects });
  assert.ok(!Buffer.from(sealed).includes('pdfaid'));
  assert.ok(Buffer.from(sealed).includes('The lease &amp; more'));
});

test('a file without a structure does not call itself tagged', async (t) => {
  const judge = judges(t);
  const pdfinfo = judge && tool(t, 'pdfinfo', 'poppler-utils');
  if (!judge || !pdfinfo) return;
  const sealed = await metadataOfSealed(stream(packet(title)), { catalog: '/MarkInfo<</Marked true>>' });
  assert.match(pdfinfo(judge.keep('sealed.pdf', sealed)), /Tagged: +no/);
});
