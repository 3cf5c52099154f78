"""The application (申请表, 附件1): what a branch writes about its project before it is established."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import Saved
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.programmes.scheme import Scheme
from dangjian.projects import period
from dangjian.projects.application_files import WithFiles
from dangjian.projects.carrier import Carrier, kinds
from dangjian.projects.filling import Filling, Lines
from dangjian.projects.on_behalf import OnBehalf
from dangjian.projects.partner import Partner
from dangjian.projects.revision import LISTS, comparable, facts_of
from dangjian.projects.target import Target
from dangjian.projects.team import Team
from dangjian.projects.texts import LIKE_ANOTHER, TEXTS

if TYPE_CHECKING:
    from dangjian.projects.project import Project

TOLD_BY_LIST = {"expected_goal": "targets", "consultation": "consultations", "investigation": "investigations"}
"""Texts that may stay empty where the list beside them says it."""


class Application(OnBehalf, Saved, WithFiles):
    """The texts of the application. One fact, one place: papers and later forms read them from here."""

    project = models.OneToOneField("dangjian.Project", models.CASCADE, related_name="application", verbose_name="项目")
    problem = models.TextField("存在的问题", blank=True)
    necessity = models.TextField("立项的必要性", blank=True)
    feasibility = models.TextField("立项的可行性", blank=True)
    measures = models.TextField("主要采取措施", blank=True)
    expected_goal = models.TextField("预期达到目标", blank=True)
    expected_value = models.TextField("预期价值", blank=True)
    stage_goal = models.TextField("阶段性目标", blank=True)
    long_reason = models.TextField("超过一年的理由", blank=True)
    consultation = models.TextField("征求党员意见情况", blank=True)
    investigation = models.TextField("调查研究情况", blank=True)
    filled_on = models.DateField("填表时间", null=True, blank=True)
    edits = models.PositiveIntegerField("保存次数", default=0)
    edited_at = models.DateTimeField("最近保存", null=True)
    edited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="保存人")

    class Meta:
        verbose_name = "申请表"

    def __str__(self) -> str:
        return f"申请表 {self.project_id}"

    @transaction.atomic
    def fill(
        self,
        facts: Mapping[str, Any],
        *,
        by: Any,
        seen: int,
        categories: Mapping[str, Sequence[str]] | None = None,
        team: Team | None = None,
        lists: Lines | None = None,
    ) -> None:
        """Save what is typed. Gaps are welcome: completeness is asked at submission.

        ``facts`` may hold ``name``, ``starts``, ``ends``, ``filled_on`` and the texts, ``lists`` the lines of
        each list; ``seen`` is the count of savings the writer started from. Saving what already stands there
        leaves no trace. Raises Refused at the fields at fault, Overtaken where somebody else saved meanwhile.
        """
        self.open_to(by)
        filling = Filling(self, facts, categories, team, lists)
        filling.check()
        if seen == self.edits and not filling.differs:
            return
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        claimed = Application.objects.filter(pk=self.pk, edits=seen).update(
            edits=seen + 1, edited_at=clock.now(), edited_by_id=by.pk, edited_for=acted_for, **filling.of_application,
            **self.hand_of(by),
        )  # fmt: skip
        if not claimed:
            raise self._saved_meanwhile(by)
        self.project.take_heading(filling.heading, by=by)
        taking_part = self.project.partner_branches()
        filling.store_lists(by=by)
        self.project.tell_taken_off(taking_part)
        self.refresh_from_db()
        details = {"fields": sorted([*filling.values, *filling.rows])}
        audit.record("application.fill", self.project, by=by, on_behalf_of=acted_for, details=details)

    def outdate(self, *, by: Any) -> None:
        """What others have on their screens no longer fits: their next saving is told so. For the project's verbs alone.

        Raises Overtaken where one of them saved first.
        """
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        saved: dict[str, Any] = {
            "edits": self.edits + 1, "edited_at": clock.now(), "edited_by_id": by.pk, "edited_for": acted_for
        }  # fmt: skip
        if not Application.objects.filter(pk=self.pk, edits=self.edits).update(**saved):
            raise self._saved_meanwhile(by)
        for name, value in saved.items():
            setattr(self, name, value)

    def written(self) -> Iterator[tuple[str, str]]:
        """Every place where something of the contents stands: its field and what it is called."""
        project = self.project
        yield from ((name, project.rules.field(name).label) for name in TEXTS if getattr(self, name).strip())
        yield from ((kind.key(), kind.title) for kind in LISTS if getattr(project, kind.key()).exists())
        if project.team.exists():
            yield "team", "项目成员"
        yield from ((f"{file.slot}_files", f"文件：{file.name}") for file in self.files())

    def open_to(self, by: Any) -> None:
        """Refuse whoever may not write here, and everybody once it was handed in."""
        if not by.can(Ability.DRAFT, self.project):
            raise Refused("您没有填写这份申请表的权限")
        if self.project.state != "draft":
            raise Refused(f"当前状态为“{self.project.waiting_label}”，不能修改申请表")

    @transaction.atomic
    def begin_like(self, other: Project, *, by: Any) -> None:
        """Begin from an earlier project of the same branch: its texts, categories, partners, goals, carriers and team.

        Its dates and what its meetings said stay behind, and so do a text too long for this year's form, a code it no
        longer knows, a branch that has ended, and whoever belongs to neither branch any more.
        """
        project = self.project
        if other.branch_id != project.branch_id:
            raise Refused(Reason("只能以本支部的项目为底稿", "like"))
        if project.is_offline:
            raise Refused(Reason("线下管理的项目不用底稿", "like"))
        texts = {name: getattr(other.application, name) for name in LIKE_ANOTHER}
        known = {axis.key: {item.code for item in axis.items} for axis in project.rules.taxonomies}
        partners = [row for row in other.partners.all() if row.branch and not row.branch.has_ended]
        branches = [project.branch_id, *(row.branch_id for row in partners)]
        members = other.team.filter(person__organisation__in=branches).select_related("person")
        self.fill(
            {name: text for name, text in texts.items() if len(text) <= project.rules.field(name).max_length},
            by=by, seen=self.edits,
            categories={
                axis: [code for code in codes if code in known[axis]]
                for axis, codes in other.codes_by_axis().items() if axis in known
            },
            team=[(member.person, member.duty) for member in members],
            lists={
                Partner.key(): [row.texts() for row in partners],
                Target.key(): [{**row.facts(), "due": ""} for row in other.targets.all()],
                Carrier.key(): [row.facts() for row in other.carriers.all() if row.kind in kinds(project.rules)],
            } if other.carriers.exists() or other.targets.exists() or partners else None,
        )  # fmt: skip
        acted_for = by.acting_for(Ability.DRAFT, project)
        audit.record("application.begin_like", project, by=by, on_behalf_of=acted_for, details={"project": other.pk})

    def _saved_meanwhile(self, by: Any) -> Overtaken:
        now = Application.objects.select_related("edited_by", "edited_for").get(pk=self.pk)
        at = f"{clock.local(now.edited_at):%H:%M}" if now.edited_at else "刚才"
        return Overtaken(f"{now.saved_by_to(by)}在{at}保存过这份申请表，您刚才输入的内容尚未保存；请核对后再存一次")

    # What is still missing: the same answers make the ticks, the refusal and the completeness meter

    def missing(self, rules: Scheme) -> Iterator[Reason]:
        """What submission is refused for (S-03, S-10, S-22, S-24, S-25)."""
        project = self.project
        if not project.name.strip():
            yield Reason("请填写项目名称", "name")
        if project.period is None:
            yield Reason("请填写起止年月", "starts")
        if not project.is_offline:
            yield from self._missing_contents(rules)
        chosen = project.codes_by_axis()
        for axis in rules.taxonomies:
            if axis.required and not chosen.get(axis.key):
                yield Reason(f"请选择{axis.label}", axis.key)

    def _missing_contents(self, rules: Scheme) -> Iterator[Reason]:
        for name in TEXTS:
            if rules.field(name).required and not self.tells(name):
                yield Reason(f"请填写{rules.field(name).label}", name)
        yield from self._missing_in_lists()
        yield from self._missing_for_length(rules)

    def tells(self, name: str) -> bool:
        """Whether a text is written, or the list that may stand for it has a line."""
        if getattr(self, name).strip():
            return True
        key = TOLD_BY_LIST.get(name)
        return key is not None and getattr(self.project, key).exists()

    def _missing_in_lists(self) -> Iterator[Reason]:
        for kind in LISTS:
            for row in getattr(self.project, kind.key()).all():
                yield from (Reason(text, kind.key()) for text in row.gaps())

    def _missing_for_length(self, rules: Scheme) -> Iterator[Reason]:
        held = self.project.period
        if held is None:
            return
        months = rules.application.max_months
        if held.exceeds(months) and not self.long_reason.strip():
            yield Reason(f"起止时间超过{months_text(months)}，请写明理由", "long_reason")
        if self.needs_stage_goal(rules) and not self.stage_goal.strip():
            due = day_text(rules.stage_goal_due)
            yield Reason(f"请写明{due}前要形成的阶段性目标", "stage_goal")

    def needs_stage_goal(self, rules: Scheme) -> bool:
        """Above one year a stage goal by the end of the plan year belongs in the application (S-25)."""
        held = self.project.period
        if held is None:
            return False
        if rules.application.stage_goal_when == "crosses_year_end":
            return held.crosses(rules.stage_goal_due)
        return held.exceeds(rules.application.max_months)

    def advice(self) -> Iterator[Reason]:
        """What does not refuse but is worth a look before submission (S-12, S-18, S-23, S-71)."""
        if self.project.is_offline:
            yield from self.date_advice()
            return
        if not self.tells("consultation"):
            yield Reason("尚未写明征求党员意见的情况", "consultation")
        if not self.tells("investigation"):
            yield Reason("尚未写明调查研究的情况", "investigation")
        team = list(self.project.team.select_related("person"))
        if not any(member.person.is_party_member for member in team):
            yield Reason("项目成员中还没有党员骨干", "team")
        yield from self.date_advice()
        for other in type(self.project).objects.reading_like(self.project):
            yield Reason(
                f"与{other.round.year}年{other.branch.short_name}已立项的“{other.name}”名称相近", "name", other
            )
        yield from self._since_then()

    def date_advice(self) -> Iterator[Reason]:
        """A start before the plan's year and an end far away are often slips of the hand."""
        held, year = self.project.period, self.project.round.year
        if held is not None and held.first_day.year < year:
            yield Reason(f"开始时间早于{year}年度，请核对", "starts")
        if held is not None and period.Period(f"{clock.today():%Y-%m}", held.ends).exceeds(36):
            yield Reason("完成时间在三年以后，请核对", "ends")
        for target in self.project.targets.all():
            if held is not None and target.due and period.Period(target.due, target.due).last_day > held.last_day:
                yield Reason(f"“{target.name}”的完成年月晚于项目的完成时间，请核对", Target.key())

    def _since_then(self) -> Iterator[Reason]:
        """Whether the text moved on after the branch agreed to it, or stood still after it was sent back."""
        project = self.project
        opinion = project.branch_opinion()
        if opinion is not None and self.edited_at is not None and self.edited_at > opinion.meeting.recorded_at:
            text = f"{project.branch.deciding_body}研究之后，申请表又有改动，请确认是否需要再研究"
            yield Reason(text, "branch_opinion")
        last = project.revisions.last() if project.is_returned else None
        if last is not None and comparable(last.facts) == comparable(facts_of(project)):
            yield Reason("退回之后申请表还没有改动，请先按退回意见修改")


def months_text(months: int) -> str:
    """A length as people say it: 1年, 3个月."""
    return f"{months // 12}年" if months % 12 == 0 else f"{months}个月"
