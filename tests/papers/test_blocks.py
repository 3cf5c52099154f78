"""What a paper says about itself before any face draws it."""

import pytest

from dangjian.papers import official
from dangjian.papers.blocks import LANDSCAPE, Column, FormRow, FormTable, ListTable, Page, Paper, Paragraph, Title


def test_the_type_area_is_that_of_the_standard():
    assert Page().room == (156, 225)
    assert LANDSCAPE.room == (225, 156)


def test_columns_of_one_group_share_a_head_cell():
    table = ListTable((Column("序号", 12), Column("问题", 36, group="情况"), Column("措施", 36, group="情况")), ())
    assert table.groups == [("情况", 1, 2)]


def test_two_groups_side_by_side_stay_two():
    columns = [Column(name, 20, group=group) for name, group in (("一", "甲"), ("二", "甲"), ("三", "乙"))]
    assert ListTable(tuple(columns), ()).groups == [("甲", 0, 1), ("乙", 2, 2)]


def test_only_a_row_longer_than_a_page_is_split_the_first_one_by_what_is_left_below_the_title():
    texts = ("分片包干" * 38, "分片包干" * 56, "分片包干" * 57, "\n" * 40)
    table = ListTable((Column("措施", 36),), tuple((text,) for text in texts))
    assert [table.must_split(place, LANDSCAPE) for place in range(4)] == [False, False, True, True]
    assert ListTable(table.columns, table.rows[1:]).must_split(0, LANDSCAPE)


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("党" * 9, 1), ("党" * 10, 2), ("党" * 9 + "。", 2), ("党建 standardization 党", 3), ("x" * 40, 3)],
)
def test_lines_are_counted_as_they_are_broken(text, lines):
    """A closing mark takes the sign before it along, a word goes to the next line whole if that has room for it."""
    assert official.lines_taken(text, 9) == lines


def test_a_label_too_long_for_its_column_is_broken_evenly():
    form = FormTable((41, 115), ())
    assert form.label_lines(FormRow("项目具体工作内容")) == ["项目具体", "工作内容"]
    assert form.label_lines(FormRow("支部委员会意见")) == ["支部委员会意见"]


def test_a_long_title_is_broken_evenly():
    assert Title("党建项目化管理项目申请表").lines(Page()) == ["党建项目化管理项目申请表"]
    assert [len(line) for line in Title("党" * 24).lines(Page())] == [12, 12]


def test_empty_lines_of_a_filled_text_take_no_room():
    assert Paragraph("一\r\n\r\n  \n二").lines == ["一", "二"]
    assert Paragraph("").lines == [""]


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("附件1 申请表 节能降耗", "附件1 申请表 节能降耗.docx"),
        ('附件1 <a/b\\c>:"*?|\x07\n', "附件1 abc.docx"),
        ("党" * 200, "党" * 70 + ".docx"),
    ],
)
def test_a_file_name_suits_windows_and_linux(stem, name):
    assert Paper(title="申请表", stem=stem, blocks=()).file_name("docx") == name
