"""The Party organisation (党组织): a node of the one tree that everything hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import date, timedelta
from functools import cache
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.people.access import Ability, demand
from dangjian.people.former_name import FormerName
from dangjian.people.scope import STEP, PathField, ScopedQuerySet, in_unit, path_text


class Kind(models.TextChoices):
    """Kinds of Party organisation. General branch is an optional level; committees may nest."""

    COMMITTEE = "committee", "党委"
    WORK_COMMITTEE = "work_committee", "党工委"
    OFFICE_COMMITTEE = "office_committee", "机关党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"


BRANCH_KINDS = frozenset({Kind.BRANCH, Kind.JOINT_BRANCH, Kind.TEMPORARY_BRANCH})


# The list is read from many small files: once a process.
_zones = cache(available_timezones)


def _zone_exists(name: str) -> None:
    if name not in _zones():
        raise ValidationError("没有这个时区")


def _without_kind(name: str) -> str:
    """A short name without the word for what it is, unless that is all there is."""
    for kind in ("党工委", "党总支", "党委", "党支部"):
        name = name.removesuffix(kind) or name
    return name


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    def visible_to(self, person: Any) -> Self:
        """Where the person holds an appointment, and what lies below it where the appointment covers it."""
        return self.in_scopes(person.scopes())

    def in_force(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def branches(self) -> Self:
        return self.filter(kind__in=BRANCH_KINDS)

    def branches_of(self, unit: Organisation) -> Self:
        """The branches whose 「本单位」 is ``unit``: below it, and not below another that may establish."""
        found = self.in_unit(unit).branches()
        for nested in Organisation.objects.in_unit(unit).filter(may_establish=True).exclude(pk=unit.pk):
            found = found.exclude(in_unit(nested))
        return found

    def in_order(self) -> Self:
        """组织序列: as the tree is drawn, by 序号 among siblings; never by number or pinyin."""
        return self.order_by("rank", "path")


class Organisation(models.Model):
    """A node of the tree. ``full_name`` 党组织全称, ``short_name`` 简称, ``administrative_name`` 行政名称,
    ``signature_name`` 落款名称: each paper says which of the four it prints."""

    kind = models.CharField("类别", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级党组织"
    )
    path = PathField("路径", editable=False)
    rank = PathField("组织序列", editable=False)
    ordinal = models.PositiveSmallIntegerField("序号", default=1)
    full_name = models.CharField("党组织全称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    administrative_name = models.CharField("行政名称", max_length=80, blank=True)
    signature_name = models.CharField("落款名称", max_length=80, blank=True)
    department_label = models.CharField("党务部门名称", max_length=40, blank=True, default="党委组织部")
    may_establish = models.BooleanField("有立项权", default=False)
    is_overseas = models.BooleanField("境外", default=False)
    is_dispersed = models.BooleanField("人员分散", default=False)
    under_seven = models.BooleanField("正式党员不足七人", default=False)
    time_zone = models.CharField("当地时区", max_length=40, default="Asia/Shanghai", validators=[_zone_exists])
    ended_on = models.DateField("撤销日期", null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织"
        constraints = [
            models.UniqueConstraint(fields=["path"], name="organisation_path_once"),
            models.UniqueConstraint(
                fields=["parent", "full_name"],
                name="organisation_name_once",
                violation_error_message="同一上级党组织下已有同名的党组织",
            ),
        ]
        indexes = [models.Index(fields=["rank", "path"], name="organisation_rank")]

    def __str__(self) -> str:
        return self.short_name

    # Questions

    @property
    def depth(self) -> int:
        """1 for the company at the top."""
        return len(self.path) // STEP

    @property
    def is_branch(self) -> bool:
        return self.kind in BRANCH_KINDS

    @property
    def has_ended(self) -> bool:
        """Dissolved by today."""
        return self.ended_on is not None and self.ended_on <= clock.today()

    @property
    def signed_as(self) -> str:
        return self.signature_name or self.full_name

    @property
    def code_name(self) -> str:
        """机关代字, which begins the numbers of its documents: 一公司党委 is 一公司. Of two that read alike each is told by its superior.

        At most 18 characters, so that the number fits its line on paper.
        """
        own = _without_kind(self.short_name)
        units = Organisation.objects.filter(models.Q(may_establish=True) | models.Q(parent=None)).exclude(pk=self.pk)
        if self.parent is not None and own in map(_without_kind, units.values_list("short_name", flat=True)):
            own = _without_kind(self.parent.short_name) + own
        return own[:18]

    @property
    def local_zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_end(self, day: date) -> str:
        """The end of ``day`` in Beijing as the clocks here show it, 当地8月27日19:00; empty where they are Beijing's."""
        end = clock.start_of(day + timedelta(days=1))
        there = end.astimezone(self.local_zone)
        if there.utcoffset() == end.utcoffset():
            return ""
        return f"当地{there.month}月{there.day}日{there:%H:%M}"

    @property
    def deciding_body(self) -> str:
        """Who decides collectively here, as papers call it. Fewer than seven full members: the members' meeting (S-30)."""
        if self.is_branch:
            return "支部党员大会" if self.under_seven else "支部委员会"
        return {
            Kind.WORK_COMMITTEE: "党工委会",
            Kind.GENERAL_BRANCH: "总支委员会",
        }.get(Kind(self.kind), "党委会")

    def ancestors(self) -> OrganisationQuerySet:
        """From the top down to the direct superior."""
        paths = [self.path[:end] for end in range(STEP, len(self.path), STEP)]
        return Organisation.objects.filter(path__in=paths).order_by("path")

    @property
    def unit(self) -> Organisation:
        """「本单位」: the nearest ancestor that holds the right to establish (S-20), or the top of the tree."""
        above = list(self.ancestors())
        if self.may_establish or not above:
            return self
        return next((a for a in reversed(above) if a.may_establish), above[0])

    # Verbs

    def held(self) -> Organisation:
        """As it stands now; nobody moves or ends it before the transaction is over. For verbs that place something here."""
        return Organisation.objects.select_for_update(no_key=True).get(pk=self.pk)

    @classmethod
    @transaction.atomic
    def found(cls, *, parent: Organisation | None, by: Any, **facts: Any) -> Organisation:
        """Set up an organisation below ``parent`` (None: the company at the top, once)."""
        if parent is None and cls.objects.filter(parent=None).exists():
            raise Refused("本系统已有最上级党组织")
        demand(by, Ability.MANAGE_ACCOUNTS, parent)
        if parent is not None:
            cls.hold_tree()
            parent.refresh_from_db(fields=["path", "rank"])
        made = cls(parent=parent, **facts)
        made.ordinal = made.ordinal or 1
        made.path = (parent.path if parent else "") + path_text(cls._next_step(parent))
        # The own step after 序号 tells siblings of one 序号 apart, so that each keeps what hangs on it.
        made.rank = (parent.rank if parent else "") + path_text(made.ordinal) + made.path[-STEP:]
        checked(made, exclude=["path", "rank"])
        made.save()
        audit.record("organisation.found", made, by=by, details={"name": made.full_name})
        return made

    @transaction.atomic
    def amend(self, *, by: Any, **facts: Any) -> list[str]:
        """Correct names, kind, marks or 序号; the names of the columns that changed. Where it hangs is not changed."""
        demand(by, Ability.MANAGE_ACCOUNTS, self)
        changed = [field for field, value in facts.items() if getattr(self, field) != value]
        for field in changed:
            setattr(self, field, facts[field])
        if changed:
            checked(self, exclude=["path", "rank"])
            self.save(update_fields=changed)
            if "ordinal" in changed:
                self._take_rank()
            audit.record("organisation.amend", self, by=by, details={"fields": changed})
        return changed

    @transaction.atomic
    def rename(self, *, by: Any, **names: str) -> None:
        """更名: from now on called otherwise. Unlike a correction it keeps the former name, which old papers bear."""
        demand(by, Ability.MANAGE_ACCOUNTS, self)
        changed = {
            name: text.strip() for name, text in names.items() if text.strip() and text.strip() != getattr(self, name)
        }
        if not changed:
            raise Refused(Reason("新名称和现在的名称相同", "full_name"))
        FormerName.keep(self)
        for name, text in changed.items():
            setattr(self, name, text)
        checked(self, exclude=["path", "rank"])
        self.save(update_fields=list(changed))
        audit.record("organisation.rename", self, by=by, details={"fields": sorted(changed)})

    @transaction.atomic
    def dissolve(self, *, into: Organisation, by: Any) -> None:
        """撤销, or 合并 ``into`` another: it ends today, its offices with it, and its people belong to ``into``.

        Whether ``by`` may was asked when the change was registered (`Restructuring`), which may be long ago.
        """
        if reasons := list(self.against_dissolving(into)):
            raise Refused(*reasons)
        today = clock.today()
        self.ended_on = today
        self.save(update_fields=["ended_on"])
        # What was to begin later never does; what is in force has its last day today.
        self.appointments.filter(starts_on__gt=today).delete()
        held = self.appointments.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=today))
        details = {
            "into": into.pk,
            "offices": held.update(ends_on=today),
            "people": self.people.update(organisation=into),
        }
        audit.record("organisation.dissolve", self, by=by, details=details)

    def against_dissolving(self, into: Organisation) -> Iterator[Reason]:
        """What stands against this organisation ending and its people going ``into`` another."""
        if self.parent_id is None:
            yield Reason("最上级党组织不能撤销", "organisation")
        if self.has_ended:
            yield Reason(f"{self.short_name}已经撤销", "organisation")
        below = Organisation.objects.filter(parent=self).in_force().count()
        if below:
            yield Reason(f"下级还有 {below} 个党组织，请先撤销、合并或划转", "organisation")
        if into.pk == self.pk or into.has_ended:
            yield Reason("请选择另一个没有撤销的党组织", "successor")

    @transaction.atomic
    def move_to(self, parent: Organisation, *, by: Any) -> None:
        """划转: it and everything below hang under another superior from now on, with all that lies there."""
        self.hold_tree()
        self.refresh_from_db()
        parent = Organisation.objects.get(pk=parent.pk)
        if reasons := list(self.against_moving(parent, by=by)):
            raise Refused(*reasons)
        old = copy(self)
        self.parent, self.path = parent, parent.path + path_text(self._next_step(parent))
        self.rank = parent.rank + path_text(self.ordinal) + self.path[-STEP:]
        checked(self, exclude=["path", "rank"])
        below = Organisation.objects.filter(in_unit(old)).exclude(pk=self.pk)
        below.update(
            path=Concat(Value(self.path), Substr("path", len(old.path) + 1)),
            rank=Concat(Value(self.rank), Substr("rank", len(old.rank) + 1)),
        )
        self.save(update_fields=["parent", "path", "rank"])
        for table in _placed():
            table._base_manager.filter(in_unit(old)).update(
                path=Concat(Value(self.path), Substr("path", len(old.path) + 1))
            )
        audit.record("organisation.move", self, by=by, details={"from": old.path, "to": self.path})

    def against_moving(self, parent: Organisation, *, by: Any) -> Iterator[Reason]:
        """What stands against hanging this organisation under ``parent``."""
        demand(by, Ability.MANAGE_ACCOUNTS, self)
        demand(by, Ability.MANAGE_ACCOUNTS, parent)
        if self.parent_id is None:
            yield Reason("最上级党组织不能划转", "organisation")
        elif self.parent_id == parent.pk:
            yield Reason(f"{self.short_name}现在就在{parent.short_name}之下", "parent")
        if parent.path.startswith(self.path):
            yield Reason("不能划转到自己或自己的下级之下", "parent")
        if parent.is_branch or parent.has_ended:
            yield Reason("请选择没有撤销的党委、党工委或党总支", "parent")
        if self.has_ended:
            yield Reason(f"{self.short_name}已经撤销", "organisation")

    @classmethod
    def hold_tree(cls) -> None:
        """Changes of the tree come one after the other: a path taken from a superior that moves meanwhile leads nowhere."""
        list(cls.objects.select_for_update(no_key=True).filter(parent=None))

    def _take_rank(self) -> None:
        """Everything below moves with it in 组织序列."""
        self.hold_tree()
        self.refresh_from_db(fields=["rank", "path"])
        old = self.rank
        self.rank = old[: -2 * STEP] + path_text(self.ordinal) + self.path[-STEP:]
        tail = Substr("rank", len(old) + 1)
        Organisation.objects.in_unit(self).update(rank=Concat(Value(self.rank), tail))

    @classmethod
    def _next_step(cls, parent: Organisation | None) -> int:
        if parent is None:
            return 1
        # The parent's row is claimed first, so that two new children never take the same path.
        cls.objects.select_for_update().get(pk=parent.pk)
        last = parent.children.annotate(step=Substr("path", len(parent.path) + 1)).order_by("-step").first()
        return int(last.path[-STEP:], 36) + 1 if last else 1


def _placed() -> Iterator[type[models.Model]]:
    """Every table but this one whose rows lie somewhere in the tree and move with their place."""
    for table in apps.get_app_config("dangjian").get_models():
        path = next((field for field in table._meta.fields if field.name == "path"), None)
        if table is not Organisation and isinstance(path, PathField):
            yield table
