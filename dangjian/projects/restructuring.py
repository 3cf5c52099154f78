"""The restructuring (党组织变动): a branch or unit is renamed, merged, dissolved, or moved under another superior.

The system administrator registers it, on what ground. What becomes of the projects of a branch that goes is for its unit's
organization department, project by project; only then does the branch end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Move, Reason, Refused, Stateful, checked
from dangjian.people.access import Ability, demand
from dangjian.people.former_name import NAMES
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.people.scope import PathField, ScopedQuerySet
from dangjian.projects.handover import Handover
from dangjian.projects.project import Project
from dangjian.projects.succession import UNDER_WAY


class Kind(models.TextChoices):
    RENAME = "rename", "更名"
    MERGE = "merge", "合并"
    DISSOLVE = "dissolve", "撤销"
    MOVE = "move", "划转"


class State(models.TextChoices):
    PENDING = "pending", "待移交项目"
    DONE = "done", "已生效"
    CANCELLED = "cancelled", "已取消"


class RestructuringQuerySet(ScopedQuerySet["Restructuring"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever keeps the organisations there, and whoever sees the projects there."""
        return self.in_scopes([*person.scopes(Ability.MANAGE_ACCOUNTS), *person.scopes(Ability.VIEW_PROJECT)])

    def pending(self) -> Self:
        return self.filter(state=State.PENDING)

    def waiting_for(self, person: Any) -> Self:
        """Branches about to go whose projects the person is to settle."""
        return self.pending().in_scopes(person.scopes(Ability.SETTLE_PROJECTS))


def _every_project_is_settled(change: Restructuring, by: Any) -> Iterator[Reason]:
    left = change.projects().count()
    if left:
        yield Reason(f"还有 {left} 个项目没有移交或终结")


class Restructuring(Stateful):
    """One registered change of one organisation. ``before`` says in words what it was."""

    moves = (
        Move("conclude", "生效", frozenset({State.PENDING}), State.DONE, Ability.SETTLE_PROJECTS, unmet=_every_project_is_settled),
        Move("cancel", "取消登记", frozenset({State.PENDING}), State.CANCELLED, Ability.MANAGE_ACCOUNTS, tone="danger"),
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.PENDING)
    kind = models.CharField("变动", max_length=20, choices=Kind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="restructurings", verbose_name="变动的党组织"
    )
    path = PathField("路径", editable=False)
    successor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承接党组织"
    )
    before = models.CharField("原来", max_length=100)
    after = models.CharField("现在", max_length=100)
    reason = models.CharField("依据", max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    objects = RestructuringQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织变动"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="pending"), name="restructuring_one_pending",
                violation_error_message="该党组织已有一项变动在办理",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["path", "-at"], name="restructuring_place")]

    def __str__(self) -> str:
        return f"{self.before}{self.get_kind_display()}"

    # Questions

    def projects(self) -> models.QuerySet[Project]:
        """Projects of the branch on which there is still something to do."""
        found = Project.objects.filter(branch=self.organisation, state__in=UNDER_WAY)
        return found.with_names().order_by("submitted_at", "pk")

    def heirs(self) -> OrganisationQuerySet:
        """Who may go on with its projects: the branches of the same unit that stay, and the registered successor."""
        leaving = Restructuring.objects.pending().values("organisation")
        near = Organisation.objects.branches_of(self.organisation.unit).in_force().exclude(pk__in=leaving)
        found: OrganisationQuerySet = near | Organisation.objects.branches().in_force().filter(
            pk=self.successor_id or 0
        )
        return found.in_order()

    def settlers(self) -> models.QuerySet[Person]:
        return Person.objects.holding(Ability.SETTLE_PROJECTS, self.organisation)

    # Verbs

    @classmethod
    @transaction.atomic
    def rename(cls, organisation: Organisation, *, reason: str, by: Any, **names: str) -> Restructuring:
        """更名. Papers issued before keep the former name; what is made from now on bears the new one."""
        before = organisation.full_name
        organisation.rename(by=by, **{name: names.get(name, "") for name in NAMES})
        return cls._register(Kind.RENAME, organisation, None, before, organisation.full_name, reason, by, State.DONE)

    @classmethod
    @transaction.atomic
    def move_to(cls, organisation: Organisation, *, parent: Organisation, reason: str, by: Any) -> Restructuring:
        """划转, with everything below. What waits for a decision is decided by the new 本单位; what was decided stands."""
        before, unit = organisation.parent.full_name if organisation.parent else "", organisation.unit
        organisation.move_to(parent, by=by)
        made = cls._register(Kind.MOVE, organisation, parent, before, parent.full_name, reason, by, State.DONE)
        # A unit that moves keeps its own projects; only those that another decided on change hands.
        if unit.pk != organisation.pk:
            left = Project.objects.in_unit(organisation).filter(unit=unit, state__in=UNDER_WAY)
            for project in left.select_related("branch", "unit"):
                project.follow_branch(by=by)
        return made

    @classmethod
    @transaction.atomic
    def dissolve(
        cls, organisation: Organisation, *, successor: Organisation | None, reason: str, by: Any
    ) -> Restructuring:
        """撤销, or 合并 into ``successor``. Where projects are under way their unit settles them first."""
        demand(by, Ability.MANAGE_ACCOUNTS, organisation)
        into = successor or organisation.parent or organisation
        if reasons := list(organisation.against_dissolving(into)):
            raise Refused(*reasons)
        kind = Kind.MERGE if successor else Kind.DISSOLVE
        before, after = organisation.full_name, successor.full_name if successor else ""
        made = cls._register(kind, organisation, successor, before, after, reason, by, State.PENDING)
        if made.projects().exists():
            made._ask_the_unit()
        else:
            made._take_effect(by)
        return made

    @transaction.atomic
    def settle(self, choices: Mapping[Project, Organisation | None], *, by: Any, reason: str = "") -> None:
        """Give each project to a branch that goes on with it, or with None end it for ``reason``.

        With the last of them the branch ends. May be done in several goes. Raises Refused, its field is the project's.
        """
        if not by.can(Ability.SETTLE_PROJECTS, self):
            raise Refused("您没有移交、终结该支部项目的权限")
        if self.state != State.PENDING:
            raise Refused(f"这项变动{self.state_label}，不能再移交项目")
        heirs = set(self.heirs())
        for project, heir in choices.items():
            try:
                if heir is None:
                    project.end_with_branch(by=by, reason=reason)
                elif heir not in heirs:
                    raise Refused("请从列出的支部中选择承接支部")
                else:
                    project.pass_to(heir, by=by)
            except Refused as refused:
                fields = [Reason(each.text, each.field if each.field == "reason" else f"project-{project.pk}") for each in refused.reasons]  # fmt: skip
                raise type(refused)(*fields) from refused
        self._hand_over_to({heir for heir in choices.values() if heir is not None}, by)
        if not self.projects().exists():
            self.conclude(by=by)

    @transaction.atomic
    def conclude(self, *, by: Any) -> None:
        """Nothing is under way any more: the branch ends."""
        self.move("conclude", by=by)
        self._end()

    @transaction.atomic
    def cancel(self, *, by: Any, reason: str) -> None:
        """Take the registration back: the branch stays. Projects that were passed on already stay where they are."""
        if not reason.strip():
            raise Refused(Reason("请写明取消的理由", "reason"))
        self.move("cancel", by=by, opinion=reason.strip())

    # Private

    def _hand_over_to(self, heirs: Iterable[Organisation], by: Any) -> None:
        """Their secretaries answer for what came over from now on, with a sheet for both hands (S-70)."""
        for heir in heirs:
            because = f"承接{self.organisation.short_name}的项目"
            Handover.settle(heir, by=by, on=clock.today(), because=because)

    @classmethod
    def _register(
        cls, kind: Kind, organisation: Organisation, successor: Organisation | None, before: str, after: str,
        reason: str, by: Any, state: State,
    ) -> Restructuring:  # fmt: skip
        made = cls(
            kind=kind, organisation=organisation, path=organisation.path, successor=successor, before=before, after=after,
            reason=reason.strip(), by_id=by.pk, at=clock.now(), state=state,
        )  # fmt: skip
        checked(made, exclude=["path", "after"])
        made.save()
        audit.record(f"restructuring.{kind}", made, by=by, details={"organisation": organisation.pk})
        return made

    def _ask_the_unit(self) -> None:
        text = f"{self.organisation.short_name}将{self.get_kind_display()}，请移交或终结它的项目"
        notice.tell(self.settlers(), event=f"restructuring-{self.pk}", text=text, about=self)

    def _take_effect(self, by: Any) -> None:
        """Nothing was under way: it is done as it is registered."""
        self.state = State.DONE
        self.save(update_fields=["state"])
        self._end()

    def _end(self) -> None:
        into = self.successor or self.organisation.parent
        assert into is not None  # the top of the tree is never dissolved
        self.organisation.dissolve(into=into, by=self.by)
        text = f"{self.organisation.short_name}已{self.get_kind_display()}"
        text += f"，由{into.short_name}承接" if self.successor else ""
        told = {self.by, *self.settlers()}
        notice.tell(told, event=f"restructuring-{self.pk}-done", text=text, about=self)
