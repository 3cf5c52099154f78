"""A template edited in Word: what is refused and where it stands, and that what is filled in is our own paper again."""

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import nsdecls, qn

from dangjian.papers import placeholder, stationery, template, word
from dangjian.papers.blocks import Column, ListTable, PageBreak, Paper, SignatureRow, Text
from dangjian.papers.mark import Mark
from tests.papers import samples, wps
from tests.papers.reading import opened, squeezed, word_text


def named(paper: Paper) -> Paper:
    blocks = (
        ListTable(block.columns, block.rows, name="项目") if isinstance(block, ListTable) else block
        for block in paper.blocks
    )
    return Paper(**{**paper.__dict__, "blocks": tuple(blocks)})


FORM = named(samples.ledger(0))
NAMES = placeholder.names_of(FORM)


def looked_at(data: bytes) -> list[str]:
    found = template.check(BytesIO(data), names=NAMES.all, lists=list(NAMES.lists), required=NAMES.required)
    return list(found["wrong"])


def edited(data: bytes, *changes: tuple[str, str], part: str = "word/document.xml") -> bytes:
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts.get(part, b"").decode()
    for old, new in changes:
        assert old in text or not old, old
        text = text.replace(old, new, 1) if old else text + new
    return stationery.zipped({**parts, part: text.encode()})


@pytest.fixture(scope="module")
def ours(library) -> bytes:
    return word.draw(placeholder.template_of(FORM), library)


def test_what_fills_our_own_template_is_our_own_paper(ours, library):
    for paper in (named(samples.ledger(3)), named(samples.ledger(1000))):
        filled = template.fill(BytesIO(ours), told=placeholder.told(paper))
        assert word_text(filled) == word_text(word.draw(paper, library))
    assert len(opened(filled).tables[0].rows) == 1002
    assert [row._tr.trPr.find("{*}tblHeader") is not None for row in list(opened(filled).tables[0].rows)[:3]] == [
        True,
        True,
        False,
    ]


def test_every_fault_is_told_with_where_it_stands(ours):
    assert looked_at(ours) == []
    said = looked_at(
        edited(ours, ("{{ 单位名称 }}", "{{ 单位名 }}"), ("{{ 项目.备注 }}", "{{ 项目.备住 }} {{ ''.__class__ }}"))
    )
    assert said[:3] == [
        "正文第3段：“{{ 单位名 }}”不是这份文书的占位符，是不是 {{ 单位名称 }}",
        "正文第1个表格第3行第8格：“{{ 项目.备住 }}”不是这份文书的占位符，是不是 {{ 项目.备注 }}",
        "正文第1个表格第3行第8格：“{{ ''.__class__ }}”不是这份文书的占位符",
    ]
    assert said[3:] == ["缺少必需的占位符：{{ 单位名称 }}、{{ 项目.备注 }}"]
    assert "花括号没有写完整" in looked_at(edited(ours, ("{{ 填表人 }}", "{{ 填表人 }")))[0]
    assert "花括号没有写完整" in looked_at(edited(ours, ("{{ 填表人 }}", "{% for x in range(10**9) %}")))[0]
    assert "花括号没有写完整" in looked_at(edited(ours, ("{{ 填表人 }}", "\uff5b\uff5b 填表人 \uff5d\uff5d")))[0]
    assert "要写在表格的一行里" in looked_at(edited(ours, ("{{ 填表人 }}", "{{ 填表人 }}{{ 项目.备注 }}")))[0]
    assert "请在表格的一行里写它的栏目" in looked_at(edited(ours, ("{{ 填表人 }}", "{{ 填表人 }}{{ 项目 }}")))[0]


def test_what_acts_or_fetches_is_refused(ours):
    field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>TEXT "/etc/passwd"</w:instrText></w:r></w:p>'
    outside = '<Relationship Id="rId9" Type="x" Target="http://x/y.png" TargetMode="External"/></Relationships>'
    rels = "word/_rels/document.xml.rels"
    for data, told in (
        (edited(ours, ("<w:body>", f"<w:body>{field}")), "正文里有域“INCLUDETEXT”"),
        (edited(ours, ("<w:body>", '<w:body><w:p><w:fldSimple w:instr=" TOC \\o "/></w:p>')), "正文里有域“TOC”"),
        (edited(ours, ("<w:body>", '<w:body><w:altChunk r:id="rId9"/>')), "嵌入的对象"),
        (edited(ours, ("<w:body>", "<w:body><w:p><w:ins><w:r><w:t>x</w:t></w:r></w:ins></w:p>")), "还有修订"),
        (edited(ours, ("</Relationships>", outside), part=rels), "链接到外部"),
        (edited(ours, ("</Relationships>", outside.replace('"', "'")), part=rels), "链接到外部"),
        (
            edited(ours, ("", f"<?xml version='1.0'?><w:hdr {nsdecls('w')}>{field}</w:hdr>"), part="word/own.xml"),
            "“own”部分里有域",
        ),
        (edited(ours, ('Target="word/document.xml"', 'Target="word/other.xml"'), part="_rels/.rels"), "不是 Word 文档"),
        (
            edited(
                ours,
                ("<Override ", '<Default Extension="svg" ContentType="image/svg+xml"/><Override '),
                part="[Content_Types].xml",
            ),
            "图片请改为 PNG 或 JPG",
        ),
        (edited(ours, ("document.main+xml", "template.main+xml"), part="[Content_Types].xml"), "不是 Word 文档"),
        (edited(ours, ("", "x"), part="word/vbaProject.bin"), "文件带有宏"),
        (edited(ours, ("<w:body>", "<!DOCTYPE x><w:body>")), "不予接收"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 900, "另存为 .docx"),
        (b"x" * (template.MOST_BYTES + 1), "超过 2 MB"),
        (b"", "不是 Word 文档"),
    ):
        assert any(told in each for each in looked_at(data)), told


def test_a_placeholder_is_found_however_word_tore_it(ours):
    torn = edited(
        ours,
        (
            "{{ 单位名称 }}",
            "{</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{ 单位</w:t></w:r><w:r><w:t>名称 }</w:t></w:r><w:r><w:t>}",
        ),
    )
    assert looked_at(torn) == []
    filled = template.fill(BytesIO(torn), told={**placeholder.empty(NAMES), "单位名称": "第一党委"})
    assert "单位名称：第一党委填表人：" in word_text(filled)


def test_the_mark_is_printed_though_another_program_dropped_its_style(ours):
    style = re.search(r'<w:style [^>]*w:styleId="mark_odd">.*?</w:style>', wps.parts_of(ours)["word/styles.xml"])
    assert style is not None
    resaved = edited(ours, (style[0], ""), part="word/styles.xml")
    file = opened(
        word.finished(
            template.fill(BytesIO(resaved), told=placeholder.empty(NAMES)),
            replace(FORM, mark=Mark("A", 7, 1), printed="打印人 陈静"),
        )
    )
    foot = file.sections[0].footer
    assert [(each.style.name, each.text) for each in foot.paragraphs] == [
        ("页码", " 1 "),
        ("文书编码", f"{Mark('A', 7, 1).code}　打印人 陈静"),
    ]
    assert foot.part.element.xpath(".//pic:pic")
    bare = edited(ours, ("<w:footerReference", "<w:nothing"))
    made = opened(word.finished(bare, replace(FORM, mark=Mark("A", 7, 1)))).sections[0]
    assert len(made.footer.paragraphs) == 2
    assert round(made.footer_distance.mm) == round(made.bottom_margin.mm - 7 - 11.3)


def test_what_was_typed_is_printed_as_it_stands(ours):
    typed = f"A&B <党> {samples.RARE}𠮷 {{{{ 填表人 }}}}\n第二行"
    told = {**placeholder.empty(NAMES), "填表人": typed, "项目": [{"项目名称": typed, "备注": "{{ 单位名称 }}"}]}
    filled = template.fill(BytesIO(ours), told=told)
    assert word_text(filled).count(squeezed(typed)) == 2
    assert "{{单位名称}}" in word_text(filled)
    cell = opened(filled).tables[0].rows[2].cells[1]
    assert [paragraph.text for paragraph in cell.paragraphs] == typed.split("\n")
    assert len({paragraph.style.name for paragraph in cell.paragraphs}) == 1


def test_what_may_be_left_out_takes_its_paragraph_row_or_table_with_it(library):
    form = Paper(
        title="文", stem="文",
        blocks=(
            Text("", name="甲", optional=True), Text("标题"),
            ListTable(FORM.blocks[3].columns, (), name="清单", optional=True), PageBreak(), Text("", name="乙"),
        ),
    )  # fmt: skip
    drawn = word.draw(placeholder.template_of(form), library)
    assert word_text(template.fill(BytesIO(drawn), told=placeholder.empty(placeholder.names_of(form)))) == ""
    told = placeholder.sample(placeholder.names_of(form))
    assert re.search("〔甲〕标题.*〔项目名称3〕.*〔乙〕", word_text(template.fill(BytesIO(drawn), told=told)))


def test_of_a_list_in_a_template_only_the_last_entry_is_held_by_the_signatures(library):
    table = ListTable((Column("序号", 20), Column("项目", 136)), (), name="清单")
    form = Paper(title="文", stem="文", blocks=(table, SignatureRow.closing("中共示例公司委员会", "2022年8月28日")))
    drawn = word.draw(placeholder.template_of(form), library)
    told = {"清单": [{"序号": str(number), "项目": "节能"} for number in (1, 2, 3)]}
    listed = opened(template.fill(BytesIO(drawn), told=told)).tables[0]
    held = [row._tr.find(f".//{qn('w:keepNext')}") is not None for row in listed.rows]
    assert held == [False, False, False, True]
