"""The application (申请表, 附件1): what a branch writes about its project before it is established."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.programmes.scheme import Scheme
from dangjian.projects import period
from dangjian.projects.application_files import WithFiles

if TYPE_CHECKING:
    from dangjian.projects.project import Project

TEXTS = (
    "problem",
    "necessity",
    "feasibility",
    "measures",
    "expected_goal",
    "expected_value",
    "stage_goal",
    "long_reason",
    "consultation",
    "investigation",
)
LIKE_ANOTHER = ("problem", "necessity", "feasibility", "measures", "expected_goal", "expected_value")
"""What a new application may take over from an older one; what that year's meetings said is not among it."""

MOST_DUTY = 60  # characters


class Application(WithFiles):
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
        team: Sequence[tuple[Person, str]] | None = None,
    ) -> None:
        """Save what is typed. Gaps are welcome: completeness is asked at submission.

        ``facts`` may hold ``name``, ``starts``, ``ends``, ``filled_on`` and the texts; ``seen`` is the
        count of savings the writer started from. Saving what already stands there leaves no trace. Raises
        Refused at the fields at fault, Overtaken where somebody else saved meanwhile.
        """
        self.open_to(by)
        project = self.project
        changed = self._checked(facts, categories or {}, team or ())
        if seen == self.edits and not self._differs(changed, categories or {}, team):
            return
        claimed = Application.objects.filter(pk=self.pk, edits=seen).update(
            edits=seen + 1, edited_at=clock.now(), edited_by_id=by.pk,
            **{name: changed[name] for name in (*TEXTS, "filled_on") if name in changed},
        )  # fmt: skip
        if not claimed:
            raise self._saved_by_another()
        project.take_heading({name: changed[name] for name in ("name", "starts", "ends") if name in changed})
        for axis, codes in (categories or {}).items():
            project.categories.filter(axis=axis).delete()
            Category.objects.bulk_create(
                Category(project=project, axis=axis, code=code) for code in dict.fromkeys(codes)
            )
        if team is not None:
            project.team.all().delete()
            TeamMember.objects.bulk_create(TeamMember(project=project, person=p, duty=duty.strip()) for p, duty in team)
        self.refresh_from_db()
        audit.record("application.fill", project, by=by, details={"fields": sorted(changed)})

    def open_to(self, by: Any) -> None:
        """Refuse whoever may not write here, and everybody once it was handed in."""
        if not by.can(Ability.DRAFT, self.project):
            raise Refused("您没有填写这份申请表的权限")
        if self.project.state != "draft":
            raise Refused(f"当前状态为“{self.project.waiting_label}”，不能修改申请表")

    def _differs(
        self,
        changed: Mapping[str, Any],
        categories: Mapping[str, Sequence[str]],
        team: Sequence[tuple[Person, str]] | None,
    ) -> bool:
        held = self.project.codes_by_axis()
        if any(list(dict.fromkeys(codes)) != held.get(axis, []) for axis, codes in categories.items()):
            return True
        if team is not None:
            members = {member.person_id: member.duty for member in self.project.team.all()}
            if members != {person.pk: duty.strip() for person, duty in team}:
                return True
        return any(
            getattr(self.project if name in ("name", "starts", "ends") else self, name) != value
            for name, value in changed.items()
        )

    @transaction.atomic
    def take_over(self, other: Project, *, by: Any) -> None:
        """Begin from an earlier project of the same branch: its texts, categories and team, not its dates and opinions.

        A text too long for this year's form and a code it no longer knows stay behind.
        """
        project = self.project
        if other.branch_id != project.branch_id:
            raise Refused(Reason("只能以本支部的项目为底稿", "like"))
        texts = {name: getattr(other.application, name) for name in LIKE_ANOTHER}
        known = {axis.key: {item.code for item in axis.items} for axis in project.rules.taxonomies}
        members = other.team.filter(person__organisation_id=project.branch_id).select_related("person")
        self.fill(
            {name: text for name, text in texts.items() if len(text) <= project.rules.field(name).max_length},
            by=by, seen=self.edits,
            categories={
                axis: [code for code in codes if code in known[axis]]
                for axis, codes in other.codes_by_axis().items() if axis in known
            },
            team=[(member.person, member.duty) for member in members],
        )  # fmt: skip
        audit.record("application.take_over", project, by=by, details={"project": other.pk})

    def _saved_by_another(self) -> Overtaken:
        now = Application.objects.select_related("edited_by").get(pk=self.pk)
        at = f"{clock.local(now.edited_at):%H:%M}" if now.edited_at else "刚才"
        return Overtaken(f"{now.edited_by}在{at}保存过这份申请表，您刚才输入的内容尚未保存；请核对后再存一次")

    def _checked(
        self,
        facts: Mapping[str, Any],
        categories: Mapping[str, Sequence[str]],
        team: Sequence[tuple[Person, str]],
    ) -> dict[str, Any]:
        """The facts stripped and bounded, or Refused with every field at fault."""
        project = self.project
        changed: dict[str, Any] = {name: facts[name] for name in ("starts", "ends", "filled_on") if name in facts}
        changed |= {name: str(facts[name] or "").replace("\r\n", "\n").strip() for name in TEXTS if name in facts}
        if "name" in facts:
            changed["name"] = " ".join(str(facts["name"] or "").split())
        reasons = [
            *_wrong_heading({"starts": project.starts, "ends": project.ends} | changed, project.rules),
            *_wrong_texts(changed, project.rules),
            *_wrong_choices(categories, project.rules),
            *_wrong_team(team),
        ]
        if reasons:
            raise Refused(*reasons)
        return changed

    # What is still missing: the same answers make the ticks, the refusal and the completeness meter

    def missing(self, rules: Scheme) -> Iterator[Reason]:
        """What submission is refused for (S-03, S-10, S-22, S-24, S-25)."""
        project = self.project
        if not project.name.strip():
            yield Reason("请填写项目名称", "name")
        if project.period is None:
            yield Reason("请填写起止年月", "starts")
        for name in TEXTS:
            if rules.field(name).required and not getattr(self, name).strip():
                yield Reason(f"请填写{rules.field(name).label}", name)
        yield from self._missing_for_length(rules)
        chosen = project.codes_by_axis()
        for axis in rules.taxonomies:
            if axis.required and not chosen.get(axis.key):
                yield Reason(f"请选择{axis.label}", axis.key)

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
        if not self.consultation.strip():
            yield Reason("尚未写明征求党员意见的情况", "consultation")
        if not self.investigation.strip():
            yield Reason("尚未写明调查研究的情况", "investigation")
        team = list(self.project.team.select_related("person"))
        if not any(member.person.is_party_member for member in team):
            yield Reason("项目成员中还没有党员骨干", "team")
        yield from self.date_advice()
        for other in self.project.similar():
            yield Reason(f"与{other.round.year}年{other.branch.short_name}已立项的“{other.name}”名称相近", "name")
        yield from self._since_then()

    def date_advice(self) -> Iterator[Reason]:
        """A start before the plan's year and an end far away are often slips of the hand."""
        held, year = self.project.period, self.project.round.year
        if held is not None and held.first_day.year < year:
            yield Reason(f"开始时间早于{year}年度，请核对", "starts")
        if held is not None and period.Period(f"{clock.today():%Y-%m}", held.ends).exceeds(36):
            yield Reason("完成时间在三年以后，请核对", "ends")

    def _since_then(self) -> Iterator[Reason]:
        """Whether the text moved on after the branch agreed to it, or stood still after it was sent back."""
        project = self.project
        opinion = project.branch_opinion()
        if opinion is not None and self.edited_at is not None and self.edited_at > opinion.meeting.recorded_at:
            text = f"{project.branch.deciding_body}研究之后，申请表又有改动，请确认是否需要再研究"
            yield Reason(text, "branch_opinion")
        last = project.revisions.last() if project.is_returned else None
        if last is not None and _comparable(last.facts) == _comparable(facts_of(project)):
            yield Reason("退回之后申请表还没有改动，请先按退回意见修改")


class Category(models.Model):
    """One code chosen on one axis of the scheme's taxonomies."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="categories", verbose_name="项目")
    axis = models.CharField("分类", max_length=30)
    code = models.CharField("代码", max_length=40)

    class Meta:
        verbose_name = "项目分类"
        constraints = [models.UniqueConstraint(fields=["project", "axis", "code"], name="category_once")]
        indexes = [models.Index(fields=["axis", "code", "project"], name="category_code")]

    def __str__(self) -> str:
        return f"{self.axis}：{self.code}"


class TeamMember(models.Model):
    """A member of the project team and what they do in it (S-71)."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="team", verbose_name="项目")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="成员")
    duty = models.CharField("分工", max_length=MOST_DUTY, blank=True)

    class Meta:
        verbose_name = "项目成员"
        ordering = ["person__ordinal", "person_id"]
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="team_member_once")]

    def __str__(self) -> str:
        return self.person.name


class Revision(models.Model):
    """The facts as they stood at one submission. Papers of a submitted project and comparisons read these."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="revisions", verbose_name="项目")
    number = models.PositiveSmallIntegerField("次数")
    facts = models.JSONField("内容", encoder=DjangoJSONEncoder)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提交人")
    at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = "申报稿"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"第{self.number}次提交"


def facts_of(project: Project) -> dict[str, Any]:
    """Every fact of the application as one plain document, to freeze at submission."""
    application = project.application
    return {
        "name": project.name,
        "starts": project.starts,
        "ends": project.ends,
        "branch": project.branch.full_name,
        "owner": project.owner.name if project.owner else "",
        "filled_on": application.filled_on,
        "categories": project.codes_by_axis(),
        "team": [{"name": m.person.name, "duty": m.duty} for m in project.team.select_related("person")],
        **{name: getattr(application, name) for name in TEXTS},
        "files": [
            {"slot": file.slot, "name": file.name, "sha256": file.evidence.sha256} for file in application.files()
        ],
    }


def _comparable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that the branch writes itself, without what is absent or empty."""
    own = ("name", "starts", "ends", "categories", "team", "files", *TEXTS)
    return {name: facts[name] for name in own if facts.get(name)}


def checked_name(name: str, rules: Scheme) -> str:
    """The name of a project with single spaces. Raises Refused where it is empty or too long (S-106)."""
    name = " ".join(str(name or "").split())
    if not name:
        raise Refused(Reason("请填写项目名称", "name"))
    if len(name) > rules.application.name_max:
        raise Refused(Reason(f"项目名称最多 {rules.application.name_max} 字，现有 {len(name)} 字", "name"))
    return name


def _wrong_heading(changed: Mapping[str, Any], rules: Scheme) -> Iterator[Reason]:
    """What is wrong with the name or the period."""
    if "name" in changed:
        try:
            checked_name(changed["name"], rules)
        except Refused as refused:
            yield from refused.reasons
    # A draft may lack either date, but what is typed must be a date.
    typed = {field for field in ("starts", "ends") if changed.get(field)}
    for fault in period.faults(changed.get("starts", ""), changed.get("ends", "")):
        if fault.field in typed:
            yield fault


def _wrong_texts(changed: Mapping[str, Any], rules: Scheme) -> Iterator[Reason]:
    """Texts above their limit."""
    for name in TEXTS:
        most = rules.field(name).max_length
        if len(changed.get(name, "")) > most:
            yield Reason(f"最多 {most} 字，现有 {len(changed[name])} 字", name)


def _wrong_choices(categories: Mapping[str, Sequence[str]], rules: Scheme) -> Iterator[Reason]:
    """Axes and codes that the scheme does not know, several where it takes one."""
    axes = {axis.key: axis for axis in rules.taxonomies}
    for key, codes in categories.items():
        axis = axes.get(key)
        if axis is None or not {item.code for item in axis.items}.issuperset(codes):
            yield Reason("请从列出的选项中选择", key)
        elif not axis.multiple and len(set(codes)) > 1:
            yield Reason(f"{axis.label}只能选一项", key)


def _wrong_team(team: Sequence[tuple[Person, str]]) -> Iterator[Reason]:
    """The same person twice, or a duty longer than its place on paper."""
    people = [person.pk for person, _ in team]
    if len(set(people)) < len(people):
        yield Reason("同一位同志只能列一次", "team")
    if any(len(duty.strip()) > MOST_DUTY for _, duty in team):
        yield Reason(f"分工最多 {MOST_DUTY} 字", "team")


def months_text(months: int) -> str:
    """A length as people say it: 1年, 3个月."""
    return f"{months // 12}年" if months % 12 == 0 else f"{months}个月"


def alike(one: str, other: str) -> bool:
    """Whether two project names read alike: at least 60 % of their character pairs in common."""
    pairs, other_pairs = _pairs(one), _pairs(other)
    return bool(pairs and other_pairs) and 10 * len(pairs & other_pairs) >= 6 * min(len(pairs), len(other_pairs))


def _pairs(name: str) -> set[str]:
    kept = "".join(ch for ch in name if ch.isalnum())
    return {kept[i : i + 2] for i in range(len(kept) - 1)}
