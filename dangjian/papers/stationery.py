"""The Word file that `word` writes on: our named styles and fonts, and no theme for WPS to miss fonts of."""

from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dangjian.papers import official
from dangjian.papers.official import Align, Face, Style

TWIPS_PER_POINT = 20
JUSTIFICATION = {Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right", Align.JUSTIFY: "both"}
"""Word's names for our alignments."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"

_CONTENT_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_CONTENT}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_CONTENT}.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="{_CONTENT}.settings+xml"/>
<Override PartName="/word/fontTable.xml" ContentType="{_CONTENT}.fontTable+xml"/>
<Override PartName="/docProps/core.xml" ContentType="{_CORE}"/>
</Types>"""

_FILE_PARTS = f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>"""

_DOCUMENT_PARTS = f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{_RELATIONS}/settings" Target="settings.xml"/>
<Relationship Id="rId3" Type="{_RELATIONS}/fontTable" Target="fontTable.xml"/>
</Relationships>"""

# A grid with a type makes LibreOffice snap even exactly spaced lines to it.
_SECTION = f'<w:sectPr><w:docGrid w:linePitch="{official.LINE * TWIPS_PER_POINT:.0f}"/></w:sectPr>'

_SETTINGS = f"""<w:settings {_WORD}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>
<w:characterSpacingControl w:val="compressPunctuation"/>
<w:compat><w:useFELayout/><w:compatSetting w:name="compatibilityMode"
 w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"""

_PROPERTIES = f"""<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>"""


def sheet(body: str) -> bytes:
    """A Word file with every style of `official.STYLES` and this body (`wordxml`); A4 and foot are still to be set."""
    document = f'<w:document {_WORD} xmlns:r="{_RELATIONS}"><w:body>{body}{_SECTION}</w:body></w:document>'
    parts = {"word/document.xml": document, **_standing_parts()}
    return zipped({name: (_HEAD + part).encode() for name, part in parts.items()})


@cache
def _standing_parts() -> dict[str, str]:
    return {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _FILE_PARTS,
        "docProps/core.xml": _PROPERTIES,
        "word/_rels/document.xml.rels": _DOCUMENT_PARTS,
        "word/styles.xml": _styles(),
        "word/settings.xml": _SETTINGS,
        "word/fontTable.xml": _font_table(),
    }


def zipped(parts: dict[str, bytes]) -> bytes:
    """The parts as one file without the time of packing, so that the same paper gives the same bytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return buffer.getvalue()


def fonts(face: Face) -> str:
    """The fonts of a run. Without eastAsia Word takes its own; the hint gives “ ” — … the Chinese form."""
    latin = face if face.draws_latin else official.LATIN
    return (
        f"<w:rFonts w:ascii={quoteattr(latin.name)} w:hAnsi={quoteattr(latin.name)} w:cs={quoteattr(latin.name)}"
        f' w:eastAsia={quoteattr(face.name)} w:hint="eastAsia"/>'
    )


def _styles() -> str:
    body = official.TEXT
    return f"""<w:styles {_WORD}>
<w:docDefaults><w:rPrDefault><w:rPr>{fonts(body.face)}<w:sz w:val="{body.lettering.size * 2:.0f}"/>
<w:szCs w:val="{body.lettering.size * 2:.0f}"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
<w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>
<w:pPr><w:widowControl w:val="0"/><w:snapToGrid w:val="0"/></w:pPr><w:rPr>{fonts(body.face)}</w:rPr></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/></w:style>
{"".join(style_xml(style) for style in official.STYLES)}</w:styles>"""


def style_xml(style: Style) -> str:
    """The style as `styles.xml` holds it."""
    size = style.lettering.size
    spacing = (
        f'<w:spacing w:before="{style.before * TWIPS_PER_POINT:.0f}" w:after="{style.after * TWIPS_PER_POINT:.0f}"'
        f' w:line="{style.lettering.leading * TWIPS_PER_POINT:.0f}" w:lineRule="exact"/>'
    )
    # Word counts in characters and WPS in twips; both must say the same.
    indent = "".join(
        f' w:{side}Chars="{count * 100}" w:{side}="{count * size * TWIPS_PER_POINT:.0f}"'
        for side, count in (("right", style.right), ("firstLine", style.first_line))
        if count
    )
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style.key}"><w:name w:val={quoteattr(style.name)}/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{spacing}'
        + (f"<w:ind{indent}/>" if indent else "")
        + f'<w:jc w:val="{JUSTIFICATION[style.align]}"/>'
        + (f'<w:outlineLvl w:val="{style.outline - 1}"/>' if style.outline else "")
        + f"</w:pPr><w:rPr>{fonts(style.face)}"
        + ("<w:b/>" if style.bold else "")
        + (f'<w:spacing w:val="{style.tracking * TWIPS_PER_POINT:.0f}"/>' if style.tracking else "")
        + f'<w:sz w:val="{size * 2:.0f}"/><w:szCs w:val="{size * 2:.0f}"/></w:rPr></w:style>'
    )


def _font_table() -> str:
    """The faces with a second name each, for computers that know the face under that name only."""
    named = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, other in official.WORD_ALTERNATIVES.items()
    )
    return f'<w:fonts {_WORD}>{named}<w:font w:name="{escape(official.LATIN.name)}"/></w:fonts>'
