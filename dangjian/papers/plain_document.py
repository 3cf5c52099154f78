"""The plain document (普通 Word 文档): what a template may be made of, and nothing that acts, fetches or hides.

Looked at as XML, whatever a part is called or encoded in. Runs in the sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

MOST_PART = 4 * 1024 * 1024
_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_WHERE = {"document": "正文", "header": "页眉", "footer": "页脚"}
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HELD = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/bmp",
    "image/tiff",
    "application/vnd.openxmlformats-officedocument.obfuscatedFont",
)
"""What a part may be that is no XML: pictures that hold nothing, and fonts."""

_OBJECTS = tuple(qn(f"w:{name}") for name in ("altChunk", "object", "control", "subDoc"))
_REVISIONS = tuple(qn(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo"))


def is_document(parts: Mapping[str, bytes]) -> bool:
    """Whether its body is an ordinary document, where every reader looks for it."""
    types = parse_xml(parts["[Content_Types].xml"])
    bodies = [each.get("PartName") for each in types if each.get("ContentType") == _MAIN_TYPE]
    roots = [
        each.get("Target", "").lstrip("/")
        for each in parse_xml(parts.get("_rels/.rels", b"<none/>"))
        if each.get("Type", "").endswith("/officeDocument")
    ]
    return (bodies, roots) == (["/word/document.xml"], ["word/document.xml"])


def is_plain(parts: Mapping[str, bytes]) -> bool:
    """Whether every part is XML, a picture or a font by its name, so that nothing is read that was not looked at."""
    for each in parse_xml(parts["[Content_Types].xml"]):
        name = each.get("PartName") or f".{each.get('Extension', '')}"
        if not name.lower().endswith((".xml", ".rels")) and each.get("ContentType") not in _HELD:
            return False
    return True


def unwanted(parts: Mapping[str, bytes]) -> Iterator[str]:
    """What a paper of ours never holds and what would fetch something, act, or be printed by mistake."""
    if any(len(part) > MOST_PART for name, part in parts.items() if name.endswith(".xml")):
        yield "文件太复杂，请在从本页下载的模板上修改"
        return
    if any(_reaches_out(part) for name, part in parts.items() if name.endswith(".rels")):
        yield "文件链接到外部的图片、网页或模板，请删去链接（图片改为直接插入）"
    # Under whatever name a head or a note stands.
    for name, data in sorted(parts.items()):
        if not name.endswith(".xml"):
            continue
        part, root = part_of(name), parse_xml(data)
        yield from (f"{part}{told}" for tags, told in _UNWANTED if next(root.iter(*tags), None) is not None)
        yield from (
            f"{part}里有域“{code[:20]}”，只能用页码；目录请删去，其他请转为普通文字"
            for code in _field_codes(root)
            if code.upper() not in _FIELDS
        )


def _reaches_out(relations: bytes) -> bool:
    return any(each.get("TargetMode", "").lower() == "external" for each in parse_xml(relations))


_UNWANTED = (
    (_OBJECTS, "里有嵌入的对象或控件，请删去"),
    (_REVISIONS, "里还有修订，请全部接受或拒绝后再传"),
    ((qn("w:commentReference"),), "里还有批注，请删去"),
)


def _field_codes(root: Any) -> Iterator[str]:
    """The first word of each field; Word may tear it over several pieces."""
    codes: list[str] = []
    for piece in root.iter(qn("w:fldSimple"), qn("w:fldChar"), qn("w:instrText")):
        if piece.tag == qn("w:fldSimple"):
            codes.append(piece.get(qn("w:instr"), ""))
        elif piece.tag == qn("w:instrText") and codes:
            codes[-1] += piece.text or ""
        elif piece.get(qn("w:fldCharType")) == "begin":
            codes.append("")
    yield from (code.split()[0] for code in codes if code.strip())


def part_of(name: str) -> str:
    stem = name.removeprefix("word/").removesuffix(".xml").rstrip("0123456789")
    return _WHERE.get(stem, f"“{stem}”部分")
