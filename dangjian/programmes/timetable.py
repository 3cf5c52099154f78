"""The timetable (实施步骤): the stages and windows of a plan year. Only the plan year itself is a year."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from dangjian.foundation.window import Window
from dangjian.programmes.part import Clause, Code, MonthDay, Part, Problem, Text, Year, repeats

WindowKey = Literal["application", "review", "plan", "filing", "stage_goal_due", "assessment", "narration"]
YearOffset = Annotated[int, Field(ge=-1, le=3)]


class FixedDates(Part):
    """Dates that are a fact of one plan year and never shift, such as the day a congress opens."""

    plan_year: Year = Field(description="只在这个计划年度有效；换年度后本时限自动停用，补写新日期才恢复")
    opens_on: date | None = Field(default=None, description="开始日期；不写则从方案印发之日起")
    closes_on: date = Field(description="截止日期，写成“年-月-日”")


class WindowRule(Part):
    """A window by month and day. Its closing day is inclusive."""

    label: Text = Field(description="时限名称，系统提示中会用到")
    clause: Clause = Field(description="依据的条款编号")
    opens: MonthDay | None = Field(default=None, description='开始月日，如"08-15"；不写则随时可以开始')
    opens_year: YearOffset = Field(default=0, description="开始日属于哪年：0 计划年度，1 次年")
    closes: MonthDay | None = Field(default=None, description="截止月日，当天24时（北京时间）止")
    closes_year: YearOffset = Field(default=0, description="截止日属于哪年：0 计划年度，1 次年")
    fixed: FixedDates | None = Field(default=None, description="不随年度变动的日期，写了它就不再写上面的月日")
    hard: bool = Field(description="true 逾期不再受理；false 逾期仍受理，只标注“迟报”")

    def problems(self) -> Iterator[Problem]:
        if self.fixed and (self.opens or self.closes):
            yield Problem(("fixed",), "「fixed」与「opens」「closes」只能写一种")
        if not self.fixed and not self.closes:
            yield Problem((), "缺少截止日期：请写「closes」（每年相同）或「fixed」（只属于某一年）")
        window = self.in_year(self.fixed.plan_year if self.fixed else 2022, None)
        if window and window.opens_on and window.opens_on > window.closes_on:
            yield Problem(("closes",) if self.closes else ("fixed", "closes_on"), "截止日期早于开始日期")

    def in_year(self, plan_year: int, issued_on: date | None) -> Window | None:
        """The dates of one plan year; None where the rule has none in that year."""
        if self.fixed:
            if self.fixed.plan_year != plan_year:
                return None
            return Window(self.label, self.fixed.opens_on or issued_on, self.fixed.closes_on, self.hard)
        if not self.closes:
            return None
        opens_on = _day(plan_year + self.opens_year, self.opens) if self.opens else None
        return Window(self.label, opens_on, _day(plan_year + self.closes_year, self.closes), self.hard)


def _day(year: int, month_day: str) -> date:
    month, day = month_day.split("-")
    return date(year, int(month), int(day))


class Windows(Part):
    """The windows that rules in the system read by name."""

    application: WindowRule = Field(description="项目申报：支部向本单位党委提交申请表")
    review: WindowRule = Field(description="立项审批：可提前审批已收到的申报")
    plan: WindowRule = Field(description="制定计划")
    filing: WindowRule = Field(description="汇总表备案：只有截止日")
    stage_goal_due: WindowRule = Field(description="一年以上项目形成阶段性目标的期限：只有截止日")
    assessment: WindowRule = Field(description="年度考核和评估")
    narration: WindowRule | None = Field(default=None, description="党员岗位讲述；当年不组织的可以整段删去")

    def undated(self, plan_year: int) -> list[WindowRule]:
        """The windows that the plan names but that have no dates in ``plan_year``."""
        rules = [self.rule(key) for key in Windows.model_fields]
        return [rule for rule in rules if rule is not None and rule.in_year(plan_year, None) is None]

    def rule(self, key: str) -> WindowRule | None:
        return getattr(self, key) if key in Windows.model_fields else None


class Stage(Part):
    """One of the stages in which the plan is carried out (S-14)."""

    key: Code = Field(description="阶段代码")
    label: Text = Field(description="阶段名称")
    clause: Clause = Field(description="依据的条款编号")
    kind: Literal["fixed_dates", "project_duration", "year_end", "after_completion"] = Field(
        description=(
            "时间怎样确定：fixed_dates 固定日期；project_duration 项目完成时限内；"
            "year_end 年底；after_completion 项目完成后若干个月内"
        )
    )
    from_window: WindowKey | None = Field(default=None, description="从哪个时限的开始日起（固定日期、年底两种要写）")
    to_window: WindowKey | None = Field(default=None, description="到哪个时限的截止日止（固定日期、年底两种要写）")
    months: Annotated[int, Field(ge=1, le=60)] | None = Field(
        default=None, description="项目完成后几个月内（项目完成后一种要写）"
    )

    def problems(self) -> Iterator[Problem]:
        dated = self.kind in ("fixed_dates", "year_end")
        if dated and not (self.from_window and self.to_window):
            yield Problem((), f"「kind」为「{self.kind}」时，「from_window」和「to_window」都要写")
        if not dated and (self.from_window or self.to_window):
            yield Problem((), f"「kind」为「{self.kind}」时，不要写「from_window」和「to_window」")
        if (self.kind == "after_completion") != (self.months is not None):
            yield Problem((), "「months」只在「kind」为「after_completion」时写，并且必须写")


class Timetable(Part):
    """Stages over windows: a date is written once, in its window."""

    stages: tuple[Stage, ...] = Field(min_length=1, description="实施阶段，按先后排列")
    windows: Windows = Field(description="各项时限。只写月日，年份由上面的 plan_year 决定")

    def problems(self) -> Iterator[Problem]:
        yield from repeats((stage.key for stage in self.stages), "key", ("stages",))
        for index, stage in enumerate(self.stages):
            for side in ("from_window", "to_window"):
                key: str | None = getattr(stage, side)
                rule = self.windows.rule(key) if key else None
                if key and (rule is None or rule.fixed):
                    yield Problem(("stages", index, side), f"时限「{key}」不是每年都有，不能引用")
