"""What stays together at the end of a page: no signature alone on a page, no sentence without the list it announces."""

import pytest
from docx.oxml.ns import qn

from dangjian.papers import pdf, word
from dangjian.papers.blocks import Column, Foot, ListTable, Paper, SignatureRow, Text, Title
from tests.papers.reading import opened, pdf_pages

SIGNED = "主持人（签名）：记录人（签名）：中共示例公司委员会2022年8月28日"


def _minutes(count: int) -> Paper:
    rows = tuple((str(number), f"第{number}个项目\n同意立项\n无异议") for number in range(1, count + 1))
    return Paper(
        title="会议纪要",
        stem="会议纪要",
        blocks=(
            Title("会议纪要"),
            Text("会议议定如下："),
            ListTable((Column("序号", 12), Column("决定", 144)), rows),
            SignatureRow((("", "主持人（签名）："), ("", "记录人（签名）："))),
            SignatureRow.closing("中共示例公司委员会", "2022年8月28日"),
        ),
        foot=Foot.NONE,
    )


def _held(table) -> list[bool]:
    """Of each row, whether all its paragraphs are kept with what follows."""
    return [
        all(found.pPr.find(qn("w:keepNext")) is not None for found in row.iter(qn("w:p"))) for row in table._tbl.tr_lst
    ]


def test_signatures_that_go_to_the_next_page_take_the_last_row_and_its_head_along(library):
    for count in range(1, 14):
        pages = pdf_pages(pdf.draw(_minutes(count), library))
        assert "".join(pages).count("序号决定") == len(pages)
        last = f"{count}第{count}个项目同意立项无异议{SIGNED}"
        assert pages[-1].endswith(last), count
        assert pages[-1].startswith("会议纪要" if len(pages) == 1 else "序号决定")


def test_a_row_that_is_held_loses_nothing(library):
    for count in (1, 2, 9):
        said = "".join(pdf_pages(pdf.draw(_minutes(count), library))).replace("序号决定", "")
        rows = "".join(f"{number}第{number}个项目同意立项无异议" for number in range(1, count + 1))
        assert said == f"会议纪要会议议定如下：{rows}{SIGNED}"


def test_word_holds_the_last_row_with_the_signatures_which_are_one_table(library):
    decided, signed = opened(word.draw(_minutes(4), library)).tables
    assert _held(decided) == [False, False, False, False, True]
    assert _held(signed) == [True, True]
    assert [cell.text.strip() for row in signed.rows for cell in dict.fromkeys(row.cells)] == [
        "主持人（签名）：", "记录人（签名）：", "", "中共示例公司委员会\n2022年8月28日",
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sentence_above_a_list_stays_with_it(rows, library):
    for lines in range(15, 22):
        texts = tuple(Text(f"第{number}段。") for number in range(1, lines + 1))
        table = ListTable((Column("序号", 12), Column("决定", 144)), (("1", "甲\n乙\n丙"),) * rows)
        paper = Paper(title="纪要", stem="纪要", blocks=(*texts, Text("议定如下："), table))
        for page in pdf_pages(pdf.draw(paper, library)):
            assert ("议定如下：" in page) == ("议定如下：序号决定1甲乙丙" in page)
    said = next(found for found in opened(word.draw(paper, library)).paragraphs if found.text == "议定如下：")
    assert said._p.pPr.find(qn("w:keepNext")) is not None
