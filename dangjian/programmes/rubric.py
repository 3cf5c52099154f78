"""The rubric (评分细则) and what stands round it: contents, grades, survey, awards. All numbers are Decimal."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from dangjian.programmes.part import Choice, Clause, Code, Part, Problem, Score, Text, listed, repeats, unknown

SIX_CONTENTS = ("awareness", "satisfaction_results", "satisfaction_vanguard", "goal_attainment", "effect", "influence")
"""What the plan says assessment mainly looks at (S-57): none may be left out."""


class Content(Choice):
    """One of the contents of assessment and who answers it."""

    asked: Literal["staff", "assessors"] = Field(description="由谁评价：staff 干部职工测评；assessors 考评人评价")


class Indicator(Part):
    """One line of the score sheet."""

    code: Code = Field(description="指标代码，启用后不要改")
    label: Text = Field(description="指标名称")
    clause: Clause = Field(description="依据的条款编号")
    weight: Score = Field(gt=0, description="分值")
    kind: Literal["quantitative", "qualitative"] = Field(description="quantitative 定量；qualitative 定性")
    content: Code | None = Field(default=None, description="对应哪一项考核内容（过程性指标可不写）")
    proof: bool = Field(description="true 评分时须有佐证材料")


class Block(Part):
    """A side of the score: process or result."""

    code: Code = Field(description="部分代码")
    label: Text = Field(description="部分名称")
    weight: Score = Field(gt=0, description="本部分满分，应等于下列指标分值之和")
    indicators: tuple[Indicator, ...] = Field(min_length=1, description="评分指标")

    def problems(self) -> Iterator[Problem]:
        total = sum(indicator.weight for indicator in self.indicators)
        if total != self.weight:
            yield Problem(("weight",), f"本部分满分写的是{self.weight}，下列指标分值合计是{total}")


class Rubric(Part):
    """Blocks that sum to 100 and judge by number and by quality alike (S-77, S-79, S-82)."""

    blocks: tuple[Block, ...] = Field(min_length=1, description="各部分满分合计100；定量、定性指标都要有")

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(indicator for block in self.blocks for indicator in block.indicators)

    def problems(self) -> Iterator[Problem]:
        total = sum(block.weight for block in self.blocks)
        if total != 100:
            yield Problem(("blocks",), f"各部分满分合计应为100，现为{total}")
        for kind, name in (("quantitative", "定量"), ("qualitative", "定性")):
            if not any(indicator.kind == kind for indicator in self.indicators):
                yield Problem(("blocks",), f"要坚持定量与定性相结合，现在没有{name}指标（「{kind}」）")
        yield from repeats((block.code for block in self.blocks), "code", ("blocks",))
        yield from self._repeated_indicators()

    def _repeated_indicators(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for place, block in enumerate(self.blocks):
            for index, indicator in enumerate(block.indicators):
                if indicator.code in seen:
                    path = ("blocks", place, "indicators", index, "code")
                    yield Problem(path, f"指标代码「{indicator.code}」重复")
                seen.add(indicator.code)


class Grade(Choice):
    """A grade and the lowest score that earns it."""

    at_least: Score = Field(description="最低分（含）")


class Survey(Part):
    """知情度、满意度测评: how many answers before a result may be shown."""

    min_answers: Annotated[int, Field(ge=1)] = Field(description="至少几份答卷才公布结果")
    min_comments: Annotated[int, Field(ge=1)] = Field(description="至少几份答卷才公布意见建议")
    drawn_projects: Annotated[int, Field(ge=0, le=20)] = Field(description="除本支部项目外，每人最多再抽取几个项目测评")

    def problems(self) -> Iterator[Problem]:
        if self.min_comments < self.min_answers:
            yield Problem(("min_comments",), "公布意见建议的份数不能少于公布结果的份数")


class Tier(Choice):
    """One prize and its share of all projects, in percent."""

    percent: Score = Field(gt=0, description="占项目总数的百分比")


class Award(Part):
    """Quotas, rounding and who may win (S-59)."""

    tiers: tuple[Tier, ...] = Field(min_length=1, description="奖项，由高到低")
    rounding: Literal["half_up", "floor", "ceiling", "cumulative", "half_up_at_least_one"] = Field(
        description=(
            "名额怎样取整：half_up 四舍五入；floor 舍去尾数；ceiling 进一；"
            "cumulative 累计四舍五入；half_up_at_least_one 四舍五入、不足1名取1名"
        )
    )
    min_grade: Code = Field(description="获奖项目的最低考核等次（等次代码）")
    eligibility: Literal["completed_only", "all_assessed"] = Field(
        description="哪些项目参评：completed_only 仅当年完成的；all_assessed 当年考核的都参评"
    )
    company_pool: bool = Field(description="true 全公司合并计算名额；false 各单位分别计算")
    tie_order: tuple[Literal["goal_attainment", "result", "survey", "process", "committee_vote"], ...] = Field(
        min_length=1,
        description=(
            "同分时依次比较：goal_attainment 目标实现，result 实效性考评，"
            "survey 测评，process 过程性考评，committee_vote 党委会表决"
        ),
    )

    def problems(self) -> Iterator[Problem]:
        yield from repeats((tier.code for tier in self.tiers), "code", ("tiers",))
        yield from repeats(self.tie_order, under=("tie_order",))
        if (total := sum(tier.percent for tier in self.tiers)) > 100:
            yield Problem(("tiers",), f"各奖项比例合计{total}%，超过100%")


class Appraisal(Part):
    """Assessment, evaluation and prizes of the plan year (S-55 … S-60, S-77 … S-82)."""

    contents: tuple[Content, ...] = Field(min_length=1, description="考核内容，前六项为方案规定，不能删")
    rubric: Rubric = Field(description="评分细则")
    grades: tuple[Grade, ...] = Field(min_length=2, description="考核等次，由高到低，最后一档从0分起")
    survey: Survey = Field(description="知情度、满意度测评")
    award: Award = Field(description="评奖")

    def grade(self, score: Decimal) -> Grade:
        """The best grade that ``score`` (0 … 100, unrounded) earns."""
        return next(grade for grade in self.grades if score >= grade.at_least)

    def problems(self) -> Iterator[Problem]:
        codes = [content.code for content in self.contents]
        yield from repeats(codes, "code", ("contents",))
        if gone := [code for code in SIX_CONTENTS if code not in codes]:
            yield Problem(("contents",), f"缺少方案规定的考核内容{listed(gone)}")
        yield from self._uncovered(codes)
        yield from self._wrong_grades()
        yield from unknown(("award", "min_grade"), self.award.min_grade, (grade.code for grade in self.grades))

    def _uncovered(self, codes: list[str]) -> Iterator[Problem]:
        for place, block in enumerate(self.rubric.blocks):
            for index, indicator in enumerate(block.indicators):
                if indicator.content:
                    path = ("rubric", "blocks", place, "indicators", index, "content")
                    yield from unknown(path, indicator.content, codes)
        covered = {indicator.content for indicator in self.rubric.indicators}
        if bare := [code for code in codes if code not in covered]:
            yield Problem(("rubric", "blocks"), f"考核内容{listed(bare)}没有对应的评分指标")

    def _wrong_grades(self) -> Iterator[Problem]:
        yield from repeats((grade.code for grade in self.grades), "code", ("grades",))
        for index in range(1, len(self.grades)):
            if self.grades[index].at_least >= self.grades[index - 1].at_least:
                yield Problem(("grades", index, "at_least"), "最低分应低于上一档")
        if self.grades[-1].at_least != 0:
            yield Problem(("grades", len(self.grades) - 1, "at_least"), "最后一档应从0分起")
