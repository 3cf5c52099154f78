"""The letter's text (责任书条款): what both secretaries sign, and how (附件2, S-110 … S-116)."""

from typing import Annotated

from pydantic import Field

from dangjian.programmes.part import Part, Text


class LetterText(Part):
    """What stands in the letter between its title and its signatures; another organisation writes its own."""

    title: Text = Field(default="党建项目化管理责任书", description="责任书名称")
    purpose: Text = Field(
        default="为规范党建项目化管理工作，确保项目预期目标完成，签订本责任书。", description="开头的目的"
    )
    clauses: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)] = Field(
        default=(
            "一、党支部书记为党建项目化管理工作的主要责任人，承担直接领导责任和组织实施责任。",
            "二、制定并落实好党建项目实施计划书，保证项目的总目标、阶段目标和各个子目标的完成时间和质量。",
            "三、每月深入现场，对项目的进展情况进行跟踪、督导，及时发现和解决工作过程中存在的问题。",
            "四、及时总结工作成果和亮点。",
            "五、本责任书分别由各单位党委书记与项目承担部门支部书记签订。",
            "六、本责任书一式两份，签订双方各执一份。",
        ),
        description="条款，序号一并写上，印出来与此一致",
    )
    late_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=30, description="暂不能签订的，说明理由后可以先启动项目，最迟几天内补签"
    )
    electronic: bool = Field(
        default=False, description="是否可以在系统内电子确认：true 可以；false 只打印、签字、盖章、扫描归档"
    )
