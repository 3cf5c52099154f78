"""The numbers of an official paper (GB/T 9704-2012): sizes, margins, faces, styles, and our own punctuation."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import accumulate
from math import ceil

from dangjian.foundation.plain_text import plain

SIZES = {
    "小初": 36.0,
    "一号": 26.0,
    "二号": 22.0,
    "三号": 16.0,
    "四号": 14.0,
    "小四": 12.0,
    "五号": 10.5,
    "小五": 9.0,
}
"""字号 in points."""

A4 = (210.0, 297.0)
"""Width and height in mm."""
MARGINS = (37.0, 35.0, 28.0, 26.0)
"""Top, bottom, left (binding side) and right in mm: leaves the type area of 156 by 225 mm."""
LINE = 28.95
"""Points from line to line: 22 lines fill the type area."""
CLOSE_LINE = 26.0
"""Points from line to line of a paper that must leave room to sign and stamp it on its one page (附件2)."""
TIGHTEN = -0.25
"""Points taken from each 三号 character, so that 28 of them fill a line."""
COVER_LABEL, COVER_LINE = 4.0, (52.0, 150.0)
"""mm from the left edge of the type area: where labels begin, where the underlines of a cover begin and end."""
COVER_LINES, COVER_GAP = 8, 4
"""Lines below the title of a cover, and the most of them that stay empty above its facts."""
NUMBER_DROP = 7.0
"""mm from the type area down to the page number."""
MARK_SIZE = 12.0
"""mm: the side of the QR code at the foot, which begins at the height of the page number, on the other side."""

FORM_PADDING = (1.9, 1.0)
LIST_PADDING = (1.0, 0.7)
"""mm inside a table cell: left and right, above and below."""
OUTER_RULE, INNER_RULE = 1.0, 0.5
LIST_GAP = 5.0
"""Points: the rules of tables, and what is left empty above and below a list."""


@dataclass(frozen=True)
class Face:
    """One kind of letter. `name` is written into Word; `substitutes` print where it is not installed."""

    name: str
    substitutes: tuple[str, ...]
    weight: int = 400
    draws_latin: bool = False
    """Letters and digits come from this face too, instead of `LATIN`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Best first, as the font files call themselves."""
        return (self.name, *self.substitutes)


_SERIF = ("Noto Serif SC", "Source Han Serif SC", "Noto Serif CJK SC")
_SANS = ("Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK SC")
TITLE_SONG = Face(
    "方正小标宋简体", ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05", *_SERIF), weight=600
)
FANGSONG = Face(
    "仿宋_GB2312",
    ("FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "FandolFang R", "FandolFang", "Zhuque Fangsong", *_SERIF),
)
KAITI = Face(
    "楷体_GB2312",
    ("KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "FandolKai", "LXGW WenKai", "AR PL KaitiM GB", *_SERIF),
)
HEITI = Face("黑体", ("SimHei", "FandolHei", *_SANS), weight=500, draws_latin=True)
SONGTI = Face("宋体", ("SimSun", "FandolSong", *_SERIF), draws_latin=True)
FACES = (TITLE_SONG, FANGSONG, KAITI, HEITI, SONGTI)
LATIN = Face("Times New Roman", ("Liberation Serif", "Tinos", "Libertinus Serif"))

WORD_ALTERNATIVES = {
    TITLE_SONG.name: "方正小标宋_GBK",
    FANGSONG.name: "仿宋",
    KAITI.name: "楷体",
    HEITI.name: "SimHei",
    SONGTI.name: "SimSun",
}
"""The second name that a Word file gives for each face: current Windows has no …_GB2312."""


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


@dataclass(frozen=True)
class Lettering:
    """Size and distance from line to line, both in points."""

    size: float
    leading: float


@dataclass(frozen=True)
class Style:
    """How one kind of paragraph looks. `name` is what Word and WPS show in their list of styles."""

    key: str
    name: str
    face: Face
    lettering: Lettering
    align: Align = Align.LEFT
    first_line: int = 0
    """Indent in characters."""
    right: int = 0
    """Characters left empty at the right."""
    before: float = 0
    after: float = 0
    """Points."""
    tracking: float = 0
    """Points added to each character."""
    bold: bool = False
    outline: int = 0
    """Level in the reader's navigation, 0 for none."""


_BODY = Lettering(SIZES["三号"], LINE)
_FORM = Lettering(SIZES["四号"], 22)

LABEL = Style("label", "附件标记", HEITI, _BODY)
TITLE = Style("title", "公文标题", TITLE_SONG, Lettering(SIZES["二号"], 33), Align.CENTER, before=6, after=4)
COVER_UNIT = Style(
    "cover_unit", "封面单位", TITLE_SONG, Lettering(SIZES["一号"], 44), Align.CENTER, before=60, after=24
)
COVER_TITLE = Style("cover_title", "封面标题", TITLE_SONG, Lettering(SIZES["小初"], 58), Align.CENTER)
COVER_FACT = Style("cover_fact", "封面信息", FANGSONG, Lettering(SIZES["三号"], 36))
FACTS = Style("facts", "信息行", FANGSONG, Lettering(SIZES["四号"], 24))
FACTS_NARROW = Style("facts_narrow", "信息行（小）", FANGSONG, Lettering(SIZES["小四"], 24))
HEADINGS = (
    Style("heading1", "一级标题", HEITI, _BODY, first_line=2, tracking=TIGHTEN, outline=1),
    Style("heading2", "二级标题", KAITI, _BODY, first_line=2, tracking=TIGHTEN, outline=2),
    Style("heading3", "三级标题", FANGSONG, _BODY, first_line=2, tracking=TIGHTEN, bold=True, outline=3),
)
TEXT = Style("text", "公文正文", FANGSONG, _BODY, Align.JUSTIFY, first_line=2, tracking=TIGHTEN)
TEXT_CLOSE = replace(TEXT, key="text_close", name="公文正文（紧）", lettering=Lettering(_BODY.size, CLOSE_LINE))
ADDRESSEES = Style("addressees", "主送机关", FANGSONG, _BODY, Align.JUSTIFY, before=LINE)
SIGNATURE = Style("signature", "签署栏", FANGSONG, _BODY)
SIGNATURE_CLOSE = replace(SIGNATURE, key="signature_close", name="签署栏（紧）", lettering=TEXT_CLOSE.lettering)
BODY_EMS, CLOSING_ROOM, CLOSING_SIDE = 28, 22, 2
"""Characters to a line of the body (GB/T 9704), most in a line of a closing name, and left empty beside it."""
FORM_LABEL = Style("form_label", "表格标签", HEITI, Lettering(SIZES["四号"], 20), Align.CENTER)
FORM_VALUE = Style("form_value", "表格内容", FANGSONG, _FORM)
FORM_CONTENT = Style("form_content", "表格正文", FANGSONG, _FORM, Align.JUSTIFY, first_line=2)
FORM_OPINION = Style("form_opinion", "表格意见", FANGSONG, _FORM, Align.JUSTIFY, first_line=2)
FORM_FOOT = Style("form_foot", "表格落款", FANGSONG, _FORM, Align.RIGHT, right=1)
LIST_HEAD = Style("list_head", "列表表头", HEITI, Lettering(SIZES["小四"], 18), Align.CENTER)
LIST_CELL = Style("list_cell", "列表内容", FANGSONG, Lettering(SIZES["五号"], 16))
NOTE = Style("note", "表下说明", FANGSONG, LIST_CELL.lettering, before=4)
_NUMBER = Lettering(SIZES["四号"], 16)
NUMBER = Style("number", "页码", SONGTI, _NUMBER, Align.CENTER)
NUMBER_ODD = Style("number_odd", "页码（单页）", SONGTI, _NUMBER, Align.RIGHT, right=1)
NUMBER_EVEN = Style("number_even", "页码（双页）", SONGTI, _NUMBER, first_line=1)
_MARK = Lettering(SIZES["小五"], _NUMBER.leading)
MARK_ODD = Style("mark_odd", "文书编码", SONGTI, _MARK, first_line=5)
MARK_EVEN = Style("mark_even", "文书编码（双页）", SONGTI, _MARK, Align.RIGHT, right=5)
"""Beside the QR code, one line below the page number; the indent leaves the code its quiet zone."""
STYLES = (
    LABEL, COVER_UNIT, COVER_TITLE, COVER_FACT, TITLE, FACTS, FACTS_NARROW, *HEADINGS, TEXT, TEXT_CLOSE, ADDRESSEES, SIGNATURE, SIGNATURE_CLOSE, FORM_LABEL, FORM_VALUE, FORM_CONTENT, FORM_OPINION, FORM_FOOT,
    LIST_HEAD, LIST_CELL, NOTE, NUMBER, NUMBER_ODD, NUMBER_EVEN, MARK_ODD, MARK_EVEN,
)  # fmt: skip

FORM_FIT = (_FORM, Lettering(SIZES["小四"], 18), Lettering(SIZES["五号"], 16))
"""附件1: the content of the form is set in the first of these that keeps it on one page."""

_FULL_WIDTH = str.maketrans(",:;()!?", "，：；（）！？")


def fixed(text: str) -> str:
    """Our own fixed text with full-width punctuation; 8:30 and 3,000 stay, straight quotes become “ ” in turn.

    Never for what a user typed: a ratio or a code may not change on its way to paper.
    """
    text = re.sub(
        r"(?<!\d)[,:;()!?]|[,:;()!?](?!\d)",
        lambda mark: mark.group().translate(_FULL_WIDTH),
        text,
    )
    return re.sub(r'"([^"]*)"', r"“\1”", text)


def dated(day: date | None) -> str:
    """2022年8月15日, or room to write the date by hand."""
    if day is None:
        return "　　　　年　　月　　日"
    return f"{day.year}年{day.month}月{day.day}日"


def balanced(text: str, room: int) -> list[str]:
    """Lines of at most `room` characters and equal length: 项目具体/工作内容, not 项目具体工作内/容.

    Two letters or digits take the room of one 汉字. No line begins with a closing mark or ends with an opening one, and
    no number or word is parted, unless there is no other place. A long name is parted after 集团 or 公司 where that is
    near: 中共华川建设集团/第一工程有限公司委员会.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        rest = line
        while ems(rest) > room:
            length = ceil(ems(rest) / ceil(ems(rest) / room))
            end = _end_of_name(rest, length, room) or _end_of_line(rest, length, room)
            lines.append(rest[:end])
            rest = rest[end:]
        lines.append(rest)
    return lines


_OPENING, _CLOSING = "“‘（《〈【〔", "”’）》〉】〕，。、；：？！％%~～"


_NAMES, _NOT_ALONE, _NEAR = ("集团", "公司", "局", "院", "项目部"), ("有限", "股份", "公司"), 3


def _end_of_name(text: str, length: float, room: float) -> int:
    """Where the name of an organisation ends within a few characters of `length`; 0 for nowhere, or for a line more."""
    for end in sorted(range(1, len(text)), key=lambda end: abs(ems(text[:end]) - length)):
        head, rest = text[:end], text[end:]
        if abs(ems(head) - length) > _NEAR:
            break
        takes_no_more = ems(head) <= room and ceil(ems(rest) / room) < ceil(ems(text) / room)
        if head.endswith(_NAMES) and not rest.startswith((*_NOT_ALONE, *_CLOSING)) and takes_no_more:
            return end
    return 0


def _end_of_line(text: str, length: float, room: float) -> int:
    """Where to break: at `length`, or at the nearest place where one may."""
    widths: list[float] = list(accumulate(map(ems, text)))
    at = max(sum(width <= length for width in widths), 1)
    following = [at + 1] if at < len(text) and widths[at] <= room else []
    places: list[int] = [at, *following, *range(at - 1, 0, -1)]
    for end in places:
        if end < len(text) and _may_break(text[end - 1], text[end]):
            return end
    return at


def _may_break(before: str, after: str) -> bool:
    is_word = all((sign.isascii() and sign.isalnum()) or sign == "." for sign in (before, after))
    return before not in _OPENING and after not in _CLOSING and not is_word


def ems(text: str) -> float:
    """Width of a line in full characters: 汉字 count one, letters and digits a half."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


_UNPARTED = re.compile(f"[{_OPENING}]*(?:[!-~]+|.)[{_CLOSING}]*")
_SEAMS = 0.5
"""Before and after Latin letters programs leave a quarter each."""


def lines_taken(text: str, room: float) -> int:
    """How many lines of `room` characters a text takes: no word is parted that has room, no closing mark begins a line."""
    lines, left = 1, room
    for part in _UNPARTED.findall(text):
        width = ems(part) + (_SEAMS if part[0].isascii() else 0)
        if width > left and left < room:
            lines, left = lines + 1, room
        # A word longer than a line goes on below.
        while width > left:
            lines, width = lines + 1, width - left
            left = room
        left -= width
    return lines


_BREAKS = re.compile("\r\n?")
_UNPRINTABLE = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Besides the controls, which :func:`plain` leaves out: invisible and direction marks, and tags."""


def printable(text: str) -> str:
    """The text without what no paper can show; line ends of every kind become ``\\n``, a tab a space.

    Characters too new for Python's tables stay: they may be in somebody's name.
    """
    return _UNPRINTABLE.sub("", _BREAKS.sub("\n", plain(text)).replace("\t", " "))


def lines(text: str) -> list[str]:
    """The printable lines of a text that somebody typed; one empty line if there is nothing."""
    return printable(text).split("\n")
