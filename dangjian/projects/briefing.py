"""The briefing (呈阅件): one page about projects, laid before a leader of the same committee for 批示."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice, numbering
from dangjian.foundation.hand import Acted, signed
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful, checked
from dangjian.foundation.refusal import too_long
from dangjian.foundation.window import day_text
from dangjian.papers import pdf
from dangjian.people.access import Ability, roles_with
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Appointment, AppointmentQuerySet, Person, PersonQuerySet
from dangjian.people.scope import PathField, in_unit
from dangjian.projects import briefing_paper
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.next_step import deadline, next_step
from dangjian.projects.project import Project

MOST_PROJECTS = 8
MOST_SUMMARY = 250  # characters
MOST_PROPOSAL = 150


class State(models.TextChoices):
    WAITING = "waiting", "待批示"
    READ = "read", "已阅"
    INSTRUCTED = "instructed", "已批示"
    RECALLED = "recalled", "已撤回"


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def visible_to(self, person: Any) -> Self:
        """The leader whom it is laid before, and the handlers of the very committee whose paper it is."""
        readers = person.acts_as(Ability.INSTRUCT)
        own = models.Q(to__in=readers, path__in=person.paths_with(Ability.INSTRUCT))
        return self.filter(own | models.Q(path__in=person.paths_with(Ability.PRESENT)))

    def waiting_for(self, person: Any) -> Self:
        """What the leader has still to read."""
        own = person.paths_with(Ability.INSTRUCT)
        readers = person.acts_as(Ability.INSTRUCT)
        return self.filter(state=State.WAITING, to__in=readers, path__in=own).order_by("at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class Briefing(Acted, Stateful):
    """The paper as it was laid before the leader; what it tells of projects stays as it was on that day."""

    moves = (
        Move("instruct", "批示", frozenset({State.WAITING, State.READ, State.INSTRUCTED}), State.INSTRUCTED, Ability.INSTRUCT, tone="primary"),
        Move("read", "已阅", frozenset({State.WAITING}), State.READ, Ability.INSTRUCT),
        Move("recall", "撤回", frozenset({State.WAITING}), State.RECALLED, Ability.PRESENT),
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.WAITING)
    place = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="呈报单位")
    path = PathField("路径", editable=False)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("编号")
    to = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="呈送")
    title = models.CharField("标题", max_length=60)
    summary = models.TextField("事由")
    proposal = models.TextField("拟办意见")
    projects = models.ManyToManyField(Project, related_name="briefings", verbose_name="项目")
    facts = models.JSONField("项目情况", default=list)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("呈送时间")

    objects = BriefingQuerySet.as_manager()

    class Meta:
        verbose_name = "呈阅件"
        constraints = [models.UniqueConstraint(fields=["place", "year", "number"], name="briefing_number_once")]
        indexes = [
            models.Index(fields=["path", "-at", "-id"], name="briefing_place"),
            models.Index(fields=["to", "state"], name="briefing_to"),
        ]

    def __str__(self) -> str:
        return self.title

    # Questions

    @property
    def number_text(self) -> str:
        return f"〔{self.year}〕第{self.number}号" if self.number else ""

    @staticmethod
    def makers(person: Any) -> OrganisationQuerySet:
        """The committees for which the person may make one: where the office itself is, none below."""
        found = Organisation.objects.filter(path__in=person.paths_with(Ability.PRESENT))
        return found.in_force().in_order()

    @staticmethod
    def kept_off(project: Project) -> str:
        """Why the project is not laid before anybody here; empty where it may be."""
        return "线下管理的项目请按保密规定在线下呈阅" if project.is_offline else ""

    @staticmethod
    def offered(person: Any) -> ProjectQuerySet:
        """The projects that the person may put on one, those of the newest change first."""
        within = models.Q(pk__in=[])
        for place in Briefing.makers(person):
            within |= in_unit(place)
        return Project.objects.visible_to(person).filter(within, is_offline=False).order_by("-changed_at", "-pk")

    @staticmethod
    def readers(places: Iterable[Organisation]) -> PersonQuerySet:
        """The leaders of these committees, before whom it may be laid: by an office of their own."""
        return Person.objects.filter(pk__in=_leading(places).values("person")).in_order()

    def is_read_by(self, person: Any) -> bool:
        """Whether the person is the leader whom it is laid before, or acts for that leader."""
        return self.to_id in person.acts_as(Ability.INSTRUCT) and self.path in person.paths_with(Ability.INSTRUCT)

    def is_handled_by(self, person: Any) -> bool:
        return self.path in person.paths_with(Ability.PRESENT)

    def permits(self, move: Move, by: Any) -> bool:
        """The leader acts, or the handler writes down what the leader put on the paper; the handler alone recalls."""
        return self.is_handled_by(by) or (move.name != "recall" and self.is_read_by(by))

    def acted_for(self, move: Move, by: Any) -> Person | None:
        """None for an own right, the leader's or a handler's; else the leader before the handler who delegated it."""
        handler = by.acting_for(Ability.PRESENT, self, there=True)
        if by.pk == self.to_id or (self.is_handled_by(by) and handler is None):
            return None
        return self.to if move.name != "recall" and self.is_read_by(by) else handler

    def speaks_as_leader(self, person: Any) -> bool:
        """Whether what the person enters is the leader's own word, not a handler's note of it."""
        return person.pk == self.to_id or self.acted_for(self.move_named("instruct"), person) == self.to

    def words_of(self, by: Any, on_behalf_of: Person | None) -> str:
        """Whose word it is: the leader's, 「王强 代 刘志远」 where a delegate gave it; a handler only wrote it down."""
        return signed(by, on_behalf_of) if on_behalf_of == self.to else self.to.name

    # Verbs

    @classmethod
    def drawn_up(
        cls, place: Organisation, *, to: Person, title: str, summary: str, proposal: str, projects: Iterable[Project],
        by: Any,
    ) -> Briefing:  # fmt: skip
        """As it would be laid before the leader, not kept. Raises Refused at the fields at fault."""
        if not cls.makers(by).contains(place):
            raise Refused("您没有为该单位制作呈阅件的权限")
        chosen = list(projects)
        made = cls(
            place=place, path=place.path, year=clock.today().year, number=0, to=to, title=" ".join(title.split()),
            summary=summary.strip(), proposal=proposal.strip(), by_id=by.pk,
            on_behalf_of=by.acting_for(Ability.PRESENT, place, there=True), at=clock.now(),
        )  # fmt: skip
        reasons = list(made._wrong_words())
        if not cls.readers([place]).contains(to):
            reasons.append(Reason(f"{to.name}不是{place.short_name}的领导，请重新选择", "to"))
        seen = Project.objects.visible_to(by).filter(in_unit(place), pk__in=[project.pk for project in chosen])
        if not chosen or seen.count() != len(chosen):
            reasons.append(Reason("请从本单位的项目中选择", "projects"))
        reasons += [Reason(told, "projects") for told in {cls.kept_off(project) for project in chosen} if told]
        if len(chosen) > MOST_PROJECTS:
            reasons.append(Reason(f"一份呈阅件最多写 {MOST_PROJECTS} 个项目，已选 {len(chosen)} 个", "projects"))
        if reasons:
            raise Refused(*reasons)
        checked(made, exclude=["path", "facts"])
        found = seen.with_names().order_by("branch__rank", "path", "pk")
        made.facts = [_facts_of(project) for project in found]
        if not pdf.fits_one_page(briefing_paper.sheet(made)):
            raise Refused(Reason("一页放不下，请压缩事由、拟办意见，或减少项目", "summary"))
        return made

    @classmethod
    @transaction.atomic
    def present(cls, place: Organisation, *, projects: Iterable[Project], by: Any, **words: Any) -> Briefing:
        """呈送: lay it before the leader, who is told. Raises Refused as :meth:`drawn_up` does."""
        chosen = list(projects)
        made = cls.drawn_up(place, projects=chosen, by=by, **words)
        made.number = numbering.take("briefing", organisation=place, year=made.year)
        made.save()
        made.projects.set(chosen)
        details = {"to": made.to_id, "projects": len(chosen)}
        audit.record("briefing.present", made, by=by, on_behalf_of=made.on_behalf_of, details=details)
        text = f"{place.short_name}呈送“{made.title}”，请阅批"
        people = Person.objects.through(_leading([place]).filter(person=made.to))
        notice.tell(people, event=f"briefing-{made.pk}", text=text, about=made)
        return made

    @transaction.atomic
    def read(self, *, by: Any) -> MoveLog:
        """已阅: seen, and nothing to be done for it. The maker is told."""
        made = self.move("read", by=by)
        text = f"{self.words_of(by, made.on_behalf_of)}已阅“{self.title}”"
        notice.tell([self.by], event=f"briefing-{self.pk}-{self.version}", text=text, about=self)
        return made

    @transaction.atomic
    def recall(self, *, by: Any) -> MoveLog:
        """撤回, as long as the leader has not acted on it."""
        return self.move("recall", by=by)

    def instruct(self, *, by: Any, text: str) -> MoveLog:
        """Note that the leader gave an instruction. For :meth:`Instruction.give` alone."""
        return self.move("instruct", by=by, opinion=text)

    # Private

    def _wrong_words(self) -> Iterable[Reason]:
        for field, label, most in (("summary", "事由", MOST_SUMMARY), ("proposal", "拟办意见", MOST_PROPOSAL)):
            text = getattr(self, field)
            if not text:
                yield Reason(f"请填写{label}", field)
            yield from too_long(text, most, field)


def _leading(places: Iterable[Organisation]) -> AppointmentQuerySet:
    """The leading offices of these committees."""
    return Appointment.objects.in_force().filter(organisation__in=places, role__in=roles_with(Ability.INSTRUCT))


def _facts_of(project: Project) -> dict[str, Any]:
    """What the system knows of the project today, in words."""
    following, window = next_step(project), deadline(project)
    return {
        "name": project.name, "number": project.number, "branch": project.branch.short_name,
        "owner": project.owner.name if project.owner else "", "period": str(project.period or ""),
        "state": project.waiting_label, "next": "" if following.over else following.what, "holder": following.holder,
        "deadline": f"{window.label}{day_text(window.closes_on)}截止" if window else "",
    }  # fmt: skip
