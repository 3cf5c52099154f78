"""The restructuring (党组织变动): a branch or unit is renamed, merged, dissolved, or moved under another superior.

The system administrator registers it, on what ground. What becomes of the projects of a branch that goes is for its unit's
organization department, project by project; only then does the branch end. A move of much is carried out by the worker.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import timedelta
from itertools import takewhile
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

AT_ONCE = 500
"""Organisations and projects below which a move is carried out while the administrator waits."""
LEASE = timedelta(minutes=15)
"""How long a worker may take before another tries: the first may have died."""
MOST_ATTEMPTS = 3

log = logging.getLogger(__name__)


class Kind(models.TextChoices):
    RENAME = "rename", "更名"
    MERGE = "merge", "合并"
    DISSOLVE = "dissolve", "撤销"
    MOVE = "move", "划转"


class State(models.TextChoices):
    PENDING = "pending", "待移交项目"
    QUEUED = "queued", "等待执行"
    RUNNING = "running", "执行中"
    FAILED = "failed", "未执行"
    DONE = "done", "已生效"
    CANCELLED = "cancelled", "已取消"


class RestructuringQuerySet(ScopedQuerySet["Restructuring"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever keeps the organisations there, and whoever sees the projects there."""
        return self.in_scopes([*person.scopes(Ability.MANAGE_ACCOUNTS), *person.scopes(Ability.VIEW_PROJECT)])

    def pending(self) -> Self:
        return self.filter(state=State.PENDING)

    def to_carry_out(self) -> Self:
        """Queued, or in the hands of a worker that has not been heard of since."""
        now = clock.now()
        busy = models.Q(started_at__gt=now - LEASE, started_at__lte=now)
        abandoned = models.Q(models.Q(started_at=None) | ~busy, state=State.RUNNING)
        return self.filter(models.Q(state=State.QUEUED) | abandoned).order_by("at", "pk")

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
        Move("cancel", "取消登记", frozenset({State.PENDING, State.QUEUED, State.FAILED}), State.CANCELLED, Ability.MANAGE_ACCOUNTS, tone="danger"),
        Move("begin", "开始执行", frozenset({State.QUEUED, State.RUNNING}), State.RUNNING, ""),
        Move("carry_out", "执行完成", frozenset({State.RUNNING}), State.DONE, ""),
        Move("fail", "执行失败", frozenset({State.RUNNING}), State.FAILED, ""),
        Move("retry", "重新执行", frozenset({State.FAILED}), State.QUEUED, Ability.MANAGE_ACCOUNTS, tone="primary"),
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
    started_at = models.DateTimeField("开始执行时间", null=True)

    objects = RestructuringQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织变动"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state__in=["pending", "queued", "running"]), name="restructuring_one_pending",
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
        """划转, with everything below. What waits for a decision is decided by the new 本单位; what was decided stands.

        Where much lies there the worker carries it out; until then everything stays as it was.
        """
        if reasons := list(organisation.against_moving(parent, by=by)):
            raise Refused(*reasons)
        before = organisation.parent.full_name if organisation.parent else ""
        weight = Organisation.objects.in_unit(organisation).count() + Project.objects.in_unit(organisation).count()
        state = State.DONE if weight <= AT_ONCE else State.QUEUED
        made = cls._register(Kind.MOVE, organisation, parent, before, parent.full_name, reason, by, state)
        if state == State.DONE:
            made._move(by)
        return made

    @classmethod
    @transaction.atomic
    def dissolve(
        cls, organisation: Organisation, *, successor: Organisation | None, reason: str, by: Any
    ) -> Restructuring:
        """撤销, or 合并 into ``successor``. Where projects are under way their unit settles them first."""
        demand(by, Ability.MANAGE_ACCOUNTS, organisation)
        organisation, successor = _held(organisation, successor)
        into = successor or organisation.parent or organisation
        reasons = list(organisation.against_dissolving(into))
        coming = cls.objects.pending().filter(successor=organisation).select_related("organisation").first()
        if coming is not None:
            reasons.append(Reason(f"{coming.organisation.short_name}正在并入，请先办完或取消", "organisation"))
        if reasons:
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
        # Nobody begins a project at the branch while the last of its projects is settled.
        _held(self.organisation, self.successor)
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
        self._end(by)

    @transaction.atomic
    def cancel(self, *, by: Any, reason: str) -> None:
        """Take the registration back: the branch stays. Projects that were passed on already stay where they are."""
        if not reason.strip():
            raise Refused(Reason("请写明取消的理由", "reason"))
        self.move("cancel", by=by, opinion=reason.strip())

    @transaction.atomic
    def retry(self, *, by: Any) -> None:
        """重新执行 what the worker could not carry out, once the reason is mended."""
        self.move("retry", by=by)

    # Verbs of the worker

    def begin(self) -> bool:
        """Take it in hand, unless another worker has; whether it is this one's."""
        try:
            self.move("begin", by=self.by, started_at=clock.now())
        except Refused:
            return False
        return True

    def carry_out(self) -> None:
        """What was queued, all of it in one transaction, or nothing at all and the reason why."""
        # As this worker took it in hand: what another has taken over meanwhile is not its to fail.
        mine = copy(self)
        begun = takewhile(lambda name: name == "begin", self.log().reverse().values_list("name", flat=True))
        try:
            if len(list(begun)) > MOST_ATTEMPTS:
                raise Refused("几次都没有执行完，请联系系统运维人员")
            with transaction.atomic():
                self._move(self.by)
                self.move("carry_out", by=self.by)
        except Refused as refused:
            mine.fail(str(refused))
        except Exception:
            # One that cannot be carried out must not keep the others waiting, nor whoever registered it.
            log.exception("restructuring %s failed", self.pk)
            mine.fail("系统出了问题，没有作任何变动，请稍后重新执行，或联系系统运维人员")

    @transaction.atomic
    def fail(self, reason: str) -> None:
        """Say why it could not be carried out; another worker may have taken it over meanwhile."""
        try:
            self.move("fail", by=self.by, opinion=reason)
        except Refused:
            return
        text = f"{self.organisation.short_name}{self.get_kind_display()}没有执行：{reason}"
        notice.tell([self.by], event=f"restructuring-{self.pk}-{self.version}", text=text, about=self)

    # Private

    def _move(self, by: Any) -> None:
        """划转 itself."""
        organisation = self.organisation
        assert self.successor is not None
        # Which unit it leaves is not known before nobody else moves what is above it.
        Organisation.hold_tree()
        organisation.refresh_from_db()
        unit = organisation.unit
        organisation.move_to(self.successor, by=by)
        self.path = organisation.path
        # A unit that moves keeps its own projects; only those that another decided on change hands.
        moved = Project.follow_branch(organisation, left=unit, by=by) if unit.pk != organisation.pk else []
        told = {self.by, *(self.settlers() if moved else ())}
        brought = f"，{len(moved)}个未了结的项目随之由{organisation.unit.short_name}办理" if moved else ""
        text = f"{organisation.short_name}已划转{self.successor.short_name}{brought}"
        notice.tell(told, event=f"restructuring-{self.pk}-done", text=text, about=self)

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
        checked(made, exclude=["path", "after", "started_at"])
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
        self._end(by)

    def _end(self, by: Any) -> None:
        into = self.successor or self.organisation.parent
        assert into is not None  # the top of the tree is never dissolved
        _held(self.organisation, into)
        self.organisation.dissolve(into=into, by=self.by)
        Project.lose_partner(self.organisation, self.successor, by=by)
        text = f"{self.organisation.short_name}已{self.get_kind_display()}"
        text += f"，由{into.short_name}承接" if self.successor else ""
        told = {self.by, *self.settlers()}
        notice.tell(told, event=f"restructuring-{self.pk}-done", text=text, about=self)


def carry_out_waiting() -> int:
    """Carry out what was queued, in the order it was registered; how many. For the worker."""
    waiting = Restructuring.objects.to_carry_out().select_related("organisation__parent", "successor", "by")
    begun = [change for change in waiting[:10] if change.begin()]
    for change in begun:
        change.carry_out()
    return len(begun)


def _held(organisation: Organisation, other: Organisation | None) -> tuple[Organisation, Organisation | None]:
    """Both as they stand, kept so until the transaction ends; always taken in one order, so that two never wait for each other."""
    pks = [organisation.pk, *([other.pk] if other else [])]
    held = Organisation.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").in_bulk()
    return held[organisation.pk], held.get(other.pk) if other else None
