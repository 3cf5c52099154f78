"""Papers as the packages above will describe them: 附件1 in several fillings, and one with every block."""

from datetime import date

from dangjian.papers import official
from dangjian.papers.blocks import (
    LANDSCAPE,
    Addressees,
    Column,
    Foot,
    FormRow,
    FormTable,
    Heading,
    Label,
    ListTable,
    PageBreak,
    Paper,
    Paragraph,
    SignatureRow,
    Text,
    Title,
)
from dangjian.papers.line import Line
from dangjian.papers.official import Align

HOSTILE = '#read("/etc/passwd") $x$ {{ 7*7 }} A&B <党> \x07*_`@label` \\u{5b}'
"""What a careless printer would run, swallow or choke on; \\x07 may not reach the paper."""
HOSTILE_PRINTED = HOSTILE.replace("\x07", "")
RARE = "䶮㛃𬭎"
"""Characters in people's names that small fonts lack."""


def application(
    *,
    branch: str = "",
    owner: str = "",
    name: str = "",
    topic: str = "存在的问题。",
    content: str = "主要采取措施。",
    target: str = "预期达到目标。",
    opinion: str = "",
    filled_on: date | None = None,
) -> Paper:
    """附件1 党建项目化管理项目申请表; without arguments the blank form."""
    return Paper(
        title="党建项目化管理项目申请表",
        stem=f"附件1 党建项目化管理项目申请表 {name}",
        made_on=filled_on,
        fit=official.FORM_FIT,
        blocks=(
            Label("附件1"),
            Title("党建项目化管理项目申请表"),
            Line((official.fixed("填表时间:") + official.dated(filled_on),), Align.RIGHT),
            FormTable(
                widths=(41, 115),
                rows=(
                    FormRow("立项支部", (Paragraph(branch),)),
                    FormRow("项目主要责任人", (Paragraph(owner),)),
                    FormRow("项目名称", (Paragraph(name),)),
                    FormRow(
                        "项目具体工作内容",
                        (
                            Paragraph(topic, official.fixed("1.选题:")),
                            Paragraph(content, official.fixed("2.内容:")),
                            Paragraph(target, official.fixed("3.预期目标:")),
                        ),
                        height=92,
                        flows=True,
                    ),
                    FormRow("支部委员会意见", (Paragraph(opinion),), height=28, foot=(official.dated(filled_on),)),
                    FormRow("党委会意见", (Paragraph(opinion),), height=28, foot=(official.dated(None),)),
                ),
            ),
        ),
    )


def filled_application() -> Paper:
    return application(
        branch="中共示例公司第一工程处委员会塔里木油田运维项目部党支部",
        owner="王 伟",
        name="发挥党员先锋作用,实现节能降耗120万元",
        topic="运维项目部年用电量连续两年上升,2021年比上年多3,000千瓦时,照明与空压机空转占三成(约1:3)。班组反映检修计划与生产安排脱节。",
        content="成立由5名党员组成的技术攻关小组,逐台测算能耗;\n设立党员责任区8个、党员先锋岗12个,每月公布一次能耗台账;\n与设备厂家联合改造空压机控制系统,改造费用控制在18.5万元以内。",
        target="2022年12月底前节能降耗120万元,培养能源管理员6名,形成一套可推广的能耗管理办法。",
        opinion="同意申报。",
        filled_on=date(2022, 8, 24),
    )


def overlong_application(times: int) -> Paper:
    """附件1 with a content of `times` long sentences."""
    return application(
        branch="第一党支部",
        name="节能降耗",
        content="党员骨干分片包干,逐台设备测算能耗并建立台账,每周例会通报一次进度,问题当场落实到人。" * times,
    )


def hostile_application() -> Paper:
    return application(branch=HOSTILE, owner=f"王{RARE}", name=HOSTILE, topic=HOSTILE, opinion=HOSTILE)


def ledger(count: int) -> Paper:
    """附件4 党建项目化管理项目汇总表 with `count` projects; the head has two rows."""
    rows = tuple(
        (
            str(number),
            f"发挥党员作用,实现节能降耗{number}万元",
            "2022.8~2022.12",
            "第一党支部",
            "发现能耗偏高问题",
            "采取分片包干的措施,逐台设备测算能耗",
            f"完成了{number}万元的经济目标",
            "建立党员示范点",
        )
        for number in range(1, count + 1)
    )
    return Paper(
        title="党建项目化管理项目汇总表",
        stem="附件4 党建项目化管理项目汇总表",
        page=LANDSCAPE,
        foot=Foot.CENTERED,
        blocks=(
            Label("附件4"),
            Title("党建项目化管理项目汇总表"),
            Line(("单位名称：示例公司第一工程处党委", "填表人：李静", "联系电话：010-12345678")),
            ListTable(
                columns=(
                    Column("序号", 12, Align.CENTER),
                    Column("项目名称", 36),
                    Column("项目起止日期", 29, Align.CENTER),
                    Column("项目承担部门", 29, Align.CENTER),
                    Column("解决问题", 36, group="项目基本情况"),
                    Column("采取措施", 36, group="项目基本情况"),
                    Column("达到目标", 28, group="项目基本情况"),
                    Column("备注", 19),
                ),
                rows=rows,
            ),
        ),
    )


def letter() -> Paper:
    """A paper that has every kind of block that 附件1 has not."""
    body = "为规范党建项目化管理工作,确保项目预期目标完成,签订本责任书。"
    return Paper(
        title="党建项目化管理责任书",
        stem="附件2 党建项目化管理责任书",
        foot=Foot.OUTER,
        blocks=(
            Label("附件2"),
            Title("党建项目化管理责任书"),
            Addressees("第一党支部："),
            Text(official.fixed(body)),
            Heading("一、责任"),
            Heading("（一）主要责任", level=2),
            Heading("1.直接领导责任", level=3),
            Text(official.fixed(body) * 3),
            Text("项目名称：节能降耗", keep=True),
            SignatureRow((("示例公司第一工程处党委", "党委书记："), ("第一党支部", "党支部书记："))),
            Line((official.dated(None),), Align.RIGHT),
            PageBreak(),
            Title("送达回执"),
            Text("本页为第二页。"),
        ),
    )
