"""What Word and WPS need of a file to show it alike; every paper that is drawn is held to it."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx.oxml.ns import qn

from dangjian.papers import official
from tests.papers.reading import opened


def parts_of(drawn: bytes) -> dict[str, str]:
    """The text parts of the file, by name."""
    with ZipFile(BytesIO(drawn)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if not name.endswith(".png")}


def is_sound(drawn: bytes) -> bool:
    """Fails with what is wrong."""
    parts = parts_of(drawn)
    for name, part in parts.items():
        assert "theme" not in part.lower(), name
        # Each run and style names its Chinese font; a spacer of one point has no letters.
        assert part.count("<w:rPr>") == part.count("<w:rFonts ") + part.count('<w:rPr><w:sz w:val="2"/>'), name
        assert part.count("<w:rFonts ") == part.count(" w:eastAsia=") - part.count('w:eastAsia="zh-CN"'), name
        assert part.count("<w:sz ") == part.count("<w:szCs ") + part.count('<w:sz w:val="2"/>'), name
        codes = part.split("<w:instrText")[1:]
        assert all(" PAGE <" in code[: code.index("/w:instrText")] for code in codes), name
        assert "<w:fldSimple" not in part, name
    file = opened(drawn)
    for run in file.element.body.iter(qn("w:r")):
        if run.findall(qn("w:t")):
            assert run.rPr.rFonts.get(qn("w:eastAsia")) in official.WORD_ALTERNATIVES
    for table in file.tables:
        _check_table(table)
    return True


def _check_table(table: Any) -> None:
    """Grid and cells agree on every width, every merge is begun and continued, heads are repeated and rows whole."""
    grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.iter(qn("w:gridCol"))]
    assert sum(grid) == int(table._tbl.tblPr.find(qn("w:tblW")).get(qn("w:w")))
    assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
    above: dict[int, str | None] = {}
    for row in table._tbl.tr_lst:
        merges, column = {}, 0
        for cell in row.tc_lst:
            width = sum(grid[column : column + cell.grid_span])
            assert abs(int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) - width) <= 1
            merges[column] = cell.vMerge
            if cell.vMerge == "continue":
                assert above[column] in ("restart", "continue")
            column += cell.grid_span
        assert column == len(grid)
        above = merges


def heads(table: Any) -> int:
    """How many of its first rows are repeated on every page."""
    marked = [row.trPr is not None and row.trPr.find(qn("w:tblHeader")) is not None for row in table._tbl.tr_lst]
    assert marked == sorted(marked, reverse=True)
    return sum(marked)
