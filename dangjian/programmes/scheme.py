"""The scheme (方案): everything a year configures, as one immutable checked document."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from dangjian.foundation.window import Window
from dangjian.programmes import scheme_reader, scheme_writer
from dangjian.programmes.application_form import ApplicationForm, FormField
from dangjian.programmes.duties import Duties
from dangjian.programmes.fault import Fault, SchemeError
from dangjian.programmes.letter_text import LetterText
from dangjian.programmes.part import Part, Text, Year
from dangjian.programmes.procedure import Approvals, StepRule
from dangjian.programmes.rubric import Appraisal
from dangjian.programmes.taxonomy import Axis, Taxonomies
from dangjian.programmes.timetable import Timetable, Windows

__all__ = ["Fault", "Scheme", "SchemeError", "StepRule", "export", "read", "source_plan_text"]

PLACEHOLDER = "xxxx"
"""What the plan prints where each company puts its own name."""

PREFACE = """\
# 党建项目化管理方案
#
# 本文件用记事本等文本编辑器即可修改，改好后在系统中发布为新的一版。
#   · 以 # 开头的行是说明，不影响内容。
#   · 冒号左边的英文名称不要改；冒号右边是内容，冒号用英文冒号，后面空一格。
#   · 左边的空格表示层级，请保持对齐，不要用制表符。
#   · 以“- ”开头的是列表的一项，可以增删；代码（code、key）启用后不要改，名称可以改。
#   · 内容含有英文标点或以数字开头的，加英文双引号。
#   · clause 是方案条款编号，用来说明依据。
#   · 换年度只改 plan_year 一处，各项时限随之变动。
"""


class Attachment(Part):
    """A paper attached to the plan (附件1 to 附件4)."""

    one_line = True

    number: Annotated[int, Field(ge=1, le=20)] = Field(description="附件序号")
    title: Text = Field(description="名称")


class Head(Part):
    """What stands above the rules (S-01, S-02, S-07 … S-11)."""

    title: Text = Field(description="方案名称")
    issuer: Text = Field(description="印发单位，请改为本公司党委全称")
    department: Text = Field(description="备案部门")
    number: Text | None = Field(default=None, description="文号，没有可不填")
    issued_on: date | None = Field(default=None, description="印发日期，写成“年-月-日”，没有可不填")
    basis: tuple[Text, ...] = Field(description="制定依据")
    brand: Text = Field(description="党建品牌名称，请把xxxx改为本公司名称")
    slogan: Text = Field(description="总的原则")
    guidance: Text = Field(description="指导思想")
    principles: tuple[Text, ...] = Field(min_length=1, description="基本原则")
    attachments: tuple[Attachment, ...] = Field(description="附件")

    @property
    def named_brand(self) -> str:
        """The company's brand; nothing as long as the plan's own placeholder stands in it (S-02)."""
        return "" if PLACEHOLDER in self.brand else self.brand

    @property
    def banner(self) -> str:
        """Brand and slogan in one line, for the head of exports (S-02)."""
        return "　".join(filter(None, (self.named_brand, self.slogan)))

    @property
    def cited(self) -> str:
        """The plan as papers cite it: 《title》（number）."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


class Gates(Part):
    """What a project passes between establishment and running; other plans may do without (S-29, S-32, S-36)."""

    letter: bool = Field(description="签订责任书（附件2）：true 未签订不能启动")
    plan: bool = Field(description="制定实施计划书（附件3）：true 未审定不能启动")
    filing: bool = Field(description="报汇总表（附件4）备案：true 要报；备案不影响项目启动")


class Scheme(Part):
    """One year's rules. Nothing in it changes: another year or another wording is another scheme."""

    plan_year: Year = Field(description="计划年度。换年度只改这一处，各项时限随之变动")
    head: Head = Field(description="一、方案的名称、依据和原则")
    timetable: Timetable = Field(description="二、实施步骤和时限")
    gates: Gates = Field(description="三、立项后的环节开关")
    taxonomies: Taxonomies = Field(min_length=1, description="四、项目分类，用于申报时勾选和统计")
    application: ApplicationForm = Field(description="五、申报要求和申请表（附件1）")
    approvals: Approvals = Field(description="六、审批")
    letter: LetterText = Field(default=LetterText(), description="七、责任书（附件2），不写的按原方案")
    duties: Duties = Field(description="八、实施、推广和其他工作要求")
    appraisal: Appraisal = Field(description="九、考核、评估和奖励")

    @property
    def title(self) -> str:
        return self.head.title

    @property
    def windows(self) -> dict[str, Window]:
        """Every window that has dates in this plan year, in the order of the file."""
        dated: dict[str, Window] = {}
        for key in Windows.model_fields:
            rule = self.timetable.windows.rule(key)
            window = rule.in_year(self.plan_year, self.head.issued_on) if rule else None
            if window:
                dated[key] = window
        return dated

    def window(self, key: str) -> Window:
        """The dates of one window. Raises KeyError where it has none in this plan year."""
        if (window := self.windows.get(key)) is None:
            raise KeyError(f"{self.plan_year}年度没有时限「{key}」")
        return window

    def stage_window(self, key: str) -> Window | None:
        """The dates of a stage; None where they depend on the project. Raises KeyError for an unknown stage."""
        stage = next((stage for stage in self.timetable.stages if stage.key == key), None)
        if stage is None:
            raise KeyError(f"方案没有阶段「{key}」")
        if not (stage.from_window and stage.to_window):
            return None
        last = self.window(stage.to_window)
        return Window(stage.label, self.window(stage.from_window).opens_on, last.closes_on, last.hard)

    @property
    def stage_goal_due(self) -> date:
        """By when a project of more than a year must have reached its stage goal (S-25)."""
        return self.window("stage_goal_due").closes_on

    def axis(self, key: str) -> Axis:
        """Raises KeyError for an axis that the scheme does not have."""
        for axis in self.taxonomies:
            if axis.key == key:
                return axis
        raise KeyError(f"方案没有分类「{key}」")

    def label(self, axis: str, code: str) -> str:
        """The Chinese label of a code. Raises KeyError for an unknown axis or code."""
        return self.axis(axis).item(code).label

    def field(self, key: str) -> FormField:
        """The box ``key`` of the application form. Raises KeyError for an unknown one."""
        return self.application.field(key)

    def steps(self, matter: str) -> tuple[StepRule, ...]:
        """The steps that ``matter`` goes through. Raises KeyError for a matter without a procedure."""
        match matter:
            case "application":
                return self.approvals.application.steps
            case "plan":
                return self.approvals.plan.steps
        raise KeyError(f"方案没有规定「{matter}」的审批程序")

    def for_year(self, plan_year: int) -> Scheme:
        """The same rules in another plan year. Raises ValueError outside 2000 … 2100."""
        if not 2000 <= plan_year <= 2100:
            raise ValueError("计划年度应在2000至2100之间")
        return self.model_copy(update={"plan_year": plan_year})


@lru_cache(maxsize=32)
def read(text: str) -> Scheme:
    """The scheme written in ``text``. Raises SchemeError with every fault and its line.

    Taking a file apart costs about a tenth of a second and a scheme never changes, so it is kept.
    """
    return scheme_reader.read(text, Scheme)


def export(scheme: Scheme) -> str:
    """The file of a scheme, with its explanations; it reads back to an equal scheme."""
    return PREFACE + scheme_writer.write(scheme)


def source_plan_text() -> str:
    """The built-in scheme: the source plan of 2022."""
    return files("dangjian.programmes").joinpath("schemes/source-plan.yaml").read_text(encoding="utf-8")
