"""The procedure (审批程序): the ordered opinions a matter needs, from which each approval makes its steps."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dangjian.people.access import Ability
from dangjian.programmes.part import Choice, Clause, Code, Part, Problem, Text, repeats, unknown
from dangjian.programmes.timetable import WindowKey

Decision = Literal["agree", "pass", "establish", "return", "reject", "approve"]
Body = Literal["支部委员会", "支部党员大会", "党委会", "党工委会", "总支委员会"]


Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class DecisionRule(Choice):
    """What a decision is called, and whether it needs a reason (S-28)."""

    code: Decision = Field(description="代码，固定")
    reason_required: bool = Field(description="true 必须写明理由")


class BodyLabel(Part):
    """What the opinion of one kind of body is called (S-30)."""

    one_line = True

    body: Body = Field(description="作出意见的组织")
    label: Text = Field(description="意见名称，印在附件1上")


class StepRule(Part):
    """One opinion in the row."""

    key: Code = Field(description="环节代码")
    label: Text = Field(description="环节名称")
    clause: Clause = Field(description="依据的条款编号")
    level: Literal["branch", "unit", "company"] = Field(
        description="在哪一级办理：branch 申报支部；unit 本单位党委；company 公司党委"
    )
    ability: Code = Field(description="办理人需要的权限代码，见权限表")
    meeting: bool = Field(description="true 必须开会集体研究，登记会议；false 由经办人办理")
    decisions: tuple[Decision, ...] = Field(min_length=1, description="可以作出的决定")
    window: WindowKey | None = Field(default=None, description="应在哪个时限内办理（不写则不限）")
    question: Question | None = Field(default=None, description="办理时必须回答的问题，答“否”的不能通过，没有可不填")
    labels: tuple[BodyLabel, ...] = Field(
        default=(), description="意见名称随作出意见的组织而变；正式党员不足七人的支部由支部党员大会提出意见"
    )

    def label_at(self, body: str) -> str:
        """The name of the step where ``body`` decides: 支部党员大会意见 in a branch of fewer than seven."""
        return next((named.label for named in self.labels if named.body == body), self.label)

    def problems(self) -> Iterator[Problem]:
        yield from unknown(("ability",), self.ability, Ability.values)
        yield from repeats(self.decisions, under=("decisions",))
        yield from repeats((named.body for named in self.labels), "body", ("labels",))


class Procedure(Part):
    """Steps in order; the last decides, at a meeting."""

    steps: tuple[StepRule, ...] = Field(min_length=1, description="环节，按办理先后排列")

    def problems(self) -> Iterator[Problem]:
        yield from repeats((step.key for step in self.steps), "key", ("steps",))
        last = len(self.steps) - 1
        for index, step in enumerate(self.steps):
            if index < last and "establish" in step.decisions:
                yield Problem(("steps", index, "decisions"), "只有最后一个环节可以决定立项（「establish」）")
        if "establish" not in self.steps[last].decisions:
            yield Problem(("steps", last, "decisions"), "最后一个环节要能决定立项（「establish」）")
        if not self.steps[last].meeting:
            yield Problem(("steps", last, "meeting"), "立项须由会议集体研究决定，应为「true」")


class PlanProcedure(Part):
    """Steps in order; the last approves the plan, by the hand that records the leader's signature or at a meeting (S-32)."""

    steps: tuple[StepRule, ...] = Field(min_length=1, description="环节，按办理先后排列")

    def problems(self) -> Iterator[Problem]:
        yield from repeats((step.key for step in self.steps), "key", ("steps",))
        last = len(self.steps) - 1
        for index, step in enumerate(self.steps):
            wanted = {"approve", "return"} if index == last else {"pass", "return"}
            if set(step.decisions) != wanted:
                said = "、".join(f"「{code}」" for code in sorted(wanted))
                yield Problem(("steps", index, "decisions"), f"这个环节可以作的决定应为{said}")
            if step.level != "unit":
                yield Problem(("steps", index, "level"), "实施计划由本单位党委审定，应为「unit」")

    @property
    def goes_to_a_meeting(self) -> bool:
        return any(step.meeting for step in self.steps)

    def told(self, *, after: str = "") -> str:
        """The steps as a sentence names them, 组织部门审核，分管领导签批; with ``after`` only those behind the step of that key."""
        keys = [step.key for step in self.steps]
        behind = keys.index(after) + 1 if after in keys else 0
        return "，".join(step.label for step in self.steps[behind:])


CHECK_AND_SIGN = PlanProcedure(
    steps=(
        StepRule(
            key="plan_check", label="组织部门审核", clause="S-32", level="unit", ability=Ability.CHECK_PLAN.value,
            meeting=False, decisions=("pass", "return"), window="plan",
        ),
        StepRule(
            key="plan_signing", label="分管领导签批", clause="S-32", level="unit", ability=Ability.CHECK_PLAN.value,
            meeting=False, decisions=("approve", "return"), window="plan",
        ),
    )
)  # fmt: skip
"""What a scheme goes by that says nothing of plans: the department checks, the leader in charge signs (design §4)."""


class Approvals(Part):
    """What may be decided, and the procedure of each matter (S-27, S-28, S-30)."""

    decisions: tuple[DecisionRule, ...] = Field(min_length=1, description="各种决定的名称，以及是否必须写理由")
    confirmation: bool = Field(
        default=False, description="会议记录由经办人登记后：true 须书记确认才生效；false 登记即生效"
    )
    application: Procedure = Field(description="项目申报和立项的审批程序")
    plan: PlanProcedure = Field(
        default=CHECK_AND_SIGN,
        description="实施计划书（附件3）的审批程序；要上会研究的，把最后一个环节的 meeting 改为 true",
    )

    def decision(self, code: str) -> DecisionRule:
        """Raises KeyError for a decision that the scheme does not name."""
        for decision in self.decisions:
            if decision.code == code:
                return decision
        raise KeyError(f"方案没有决定「{code}」")

    def problems(self) -> Iterator[Problem]:
        codes: list[str] = [decision.code for decision in self.decisions]
        yield from repeats(codes, "code", ("decisions",))
        for index, decision in enumerate(self.decisions):
            if decision.code in ("return", "reject") and not decision.reason_required:
                yield Problem(("decisions", index, "reason_required"), "退回、不予立项必须写明理由，应为「true」")
        for matter, steps in (("application", self.application.steps), ("plan", self.plan.steps)):
            if steps is CHECK_AND_SIGN.steps:
                continue  # older schemes name no decision on plans
            for place, step in enumerate(steps):
                for index, code in enumerate(step.decisions):
                    yield from unknown((matter, "steps", place, "decisions", index), code, codes)
