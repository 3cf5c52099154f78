"""The application form (申请要求): who may apply, for how long, and what each box asks (附件1)."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from dangjian.programmes.part import Clause, Code, Part, Problem, Text, listed, repeats

ASKED_BY_THE_PLAN = ("problem", "necessity", "feasibility", "measures", "expected_goal", "expected_value")
"""Texts that submission is refused without (S-03, S-22): no scheme may make them optional."""
KNOWN_TO_RULES = (*ASKED_BY_THE_PLAN, "stage_goal", "long_reason", "consultation", "investigation")


class FormField(Part):
    """One box of the form, with the words that help to fill it."""

    key: Code = Field(description="代码，启用后不要改")
    label: Text = Field(description="名称")
    clause: Clause = Field(description="依据的条款编号")
    help: Text = Field(description="填写提示")
    example: Text = Field(description="填写样例")
    required: bool = Field(description="true 不填不能提交；stage_goal、long_reason 由系统按起止时间判断，写 false")
    advised: bool = Field(description="true 不填时提醒，但可以提交")
    max_length: Annotated[int, Field(ge=10, le=5000)] = Field(description="最多字数")
    seconds: Annotated[int, Field(ge=0, le=3600)] = Field(description="预计填写用时（秒），用来计算基层负担")

    def problems(self) -> Iterator[Problem]:
        if len(self.example) > self.max_length:
            yield Problem(("example",), f"样例有{len(self.example)}字，超过最多字数{self.max_length}")


class ApplicationForm(Part):
    """What an application must be like (S-15, S-22, S-24, S-25, S-106)."""

    eligible_kinds: tuple[Literal["general_branch", "branch", "joint_branch", "temporary_branch"], ...] = Field(
        min_length=1,
        description=(
            "可以申报的党组织：branch 党支部，joint_branch 联合党支部，"
            "temporary_branch 临时党支部，general_branch 党总支"
        ),
    )
    participation_percent: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="各支部参与率应达到百分之几；方案没有规定的不填，只统计、不比较"
    )
    name_max: Annotated[int, Field(ge=10, le=120)] = Field(description="项目名称最多字数")
    name_help: Text = Field(description="项目名称的填写提示")
    name_example: Text = Field(description="项目名称样例")
    base_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        description="名称、起止年月、分类、成员等勾选项合计预计用时（秒）"
    )
    max_months: Annotated[int, Field(ge=1, le=60)] = Field(
        description="实施周期一般不超过几个月；按月计，2022.8~2023.8算12个月。超过的要写理由和阶段性目标"
    )
    stage_goal_when: Literal["over_one_year", "crosses_year_end"] = Field(
        description="何时必须写阶段性目标：over_one_year 超过上述周期时；crosses_year_end 完成时间超过阶段性目标期限时"
    )
    strict_form: bool = Field(
        description="附件1是否严格按原表打印：true 只印原有各栏；false 加印起止时间等原表没有的内容"
    )
    fields: tuple[FormField, ...] = Field(min_length=1, description="申请表填写项，按填写顺序排列")

    def field(self, key: str) -> FormField:
        """Raises KeyError for a box that the form does not have."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(f"申请表没有填写项「{key}」")

    def problems(self) -> Iterator[Problem]:
        keys = [field.key for field in self.fields]
        yield from repeats(keys, "key", ("fields",))
        if gone := [key for key in KNOWN_TO_RULES if key not in keys]:
            yield Problem(("fields",), f"缺少填写项{listed(gone)}")
        for index, field in enumerate(self.fields):
            if field.key in ASKED_BY_THE_PLAN and not field.required:
                yield Problem(("fields", index, "required"), f"「{field.key}」是方案规定必须说明的内容，应为「true」")
        if len(self.name_example) > self.name_max:
            yield Problem(("name_example",), f"样例有{len(self.name_example)}字，超过最多字数{self.name_max}")
