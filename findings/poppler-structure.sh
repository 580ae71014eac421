#!/bin/sh
# Poppler and the structure of a tagged PDF: two things that `pdfinfo -struct` says of a valid file.
#
# 1. A Form element may have PrintField attributes (ISO 32000-1, 14.8.5.6: the role, state and name of a field that is no longer to be filled
#    in; the text that is its value is the content of the Form element). Expected: they are shown. Seen: poppler knows the attributes, but
#    allows them in no element, warns "Wrong Attribute 'Role' in element Form" and leaves them out.
# 2. A title (T) may be a text string in UTF-16 with a byte order mark (7.9.2.2). Expected: it is shown as text. Seen: its bytes are printed
#    up to the first zero, which is the second byte of any Latin letter.
#
# Uses Debian's poppler-utils. Exits 0 while both are seen, 1 when one of them has changed.
set -eu
command -v pdfinfo > /dev/null || { echo "pdfinfo is missing: install the Debian package poppler-utils"; exit 2; }
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
pdfinfo -v 2>&1 | head -1

# One page, one field's value, as a Form element named "Név" (in UTF-16) with its role and description.
cat > objects <<'PDF'
1 0 obj
<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R/Lang(hu)>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/StructParents 0>>
endobj
4 0 obj
<</Length 61>>
stream
/Form<</MCID 0>>BDC BT /F1 12 Tf 20 50 Td (Ada) Tj ET EMC   
endstream
endobj
5 0 obj
<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>
endobj
6 0 obj
<</Type/StructTreeRoot/K 7 0 R/ParentTree<</Nums[0[8 0 R]]>>/ParentTreeNextKey 1>>
endobj
7 0 obj
<</Type/StructElem/S/Document/P 6 0 R/K 8 0 R>>
endobj
8 0 obj
<</Type/StructElem/S/Form/P 7 0 R/Pg 3 0 R/K 0/T<FEFF004E00E90076>/A<</O/PrintField/Role/tv/Desc(Name)>>>>
endobj
PDF
{ printf '%%PDF-1.7\n'; cat objects; } > valid.pdf
table=$(wc -c < valid.pdf)
{
  printf 'xref\n0 9\n0000000000 65535 f \n'
  for number in 1 2 3 4 5 6 7 8; do
    printf '%010d 00000 n \n' "$(grep -abo "^$number 0 obj" valid.pdf | cut -d: -f1)"
  done
  printf 'trailer\n<</Root 1 0 R/Size 9>>\nstartxref\n%d\n%%%%EOF\n' "$table"
} >> valid.pdf

pdfinfo -struct valid.pdf > said 2> warned || true
status=0
if grep -q "Wrong Attribute 'Role' in element Form" warned && ! grep -q '/Role' said; then
  echo "1. seen: PrintField attributes of a Form element are called wrong and left out"
else
  echo "1. changed: PrintField attributes of a Form element are shown"
  status=1
fi
if grep -q 'Név' said; then
  echo "2. changed: a title in UTF-16 is shown as text"
  status=1
else
  printf '2. seen: the title Név is printed as: '
  grep -a 'Form' said
fi
exit $status
