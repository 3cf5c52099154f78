"""The topic (选题): a key or difficult point of production that a unit or the company wants a branch to take up (S-04)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful, checked
from dangjian.foundation.refusal import bounded
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.people.scope import PathField, ScopedQuerySet, upward

MOST_TEXT = 500  # characters


class Kind(models.TextChoices):
    """Why it is listed (S-09)."""

    DIFFICULT = "difficult", "难点"
    KEY = "key", "重点"


class State(models.TextChoices):
    OPEN = "open", "可选"
    CLOSED = "closed", "已关闭"


class TopicQuerySet(ScopedQuerySet["Topic"]):
    def visible_to(self, person: Any) -> Self:
        """Those kept where the person works, anywhere above it, and below as far as an office reaches."""
        return self.around(person.scopes())

    def in_order(self) -> Self:
        """The newest year first, in it by 组织序列."""
        return self.order_by("-year", "place__rank", "path", "pk")


def _is_of_an_ended_place(topic: Topic, by: Any) -> Iterator[Reason]:
    if topic.place.has_ended:
        yield Reason(f"{topic.place.short_name}已经撤销，选题不能再放开")


class Topic(Acted, Stateful):
    """One line of the topic bank (选题库). Closing it takes it off the offer; projects that took it up keep it."""

    moves = (
        Move("close", "关闭", frozenset({State.OPEN}), State.CLOSED, Ability.KEEP_TOPICS, clause="S-04"),
        Move("reopen", "重新放开", frozenset({State.CLOSED}), State.OPEN, Ability.KEEP_TOPICS, unmet=_is_of_an_ended_place, clause="S-04"),
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.OPEN)
    place = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="提出单位")
    path = PathField("路径", editable=False)
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=20, choices=Kind)
    title = models.CharField("选题", max_length=60)
    text = models.TextField("现状和要求", blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "选题"
        constraints = [models.UniqueConstraint(fields=["place", "year", "title"], name="topic_once")]
        indexes = [models.Index(fields=["path", "state"], name="topic_place")]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def offered_to(branches: Iterable[Organisation], *, besides: int | None = None) -> TopicQuerySet:
        """What the branches may take up: open topics kept above one of them; ``besides`` is one taken up already."""
        above = upward(branch.path for branch in branches)
        offered = models.Q(state=State.OPEN, path__in=above)
        return Topic.objects.filter(offered | models.Q(pk=besides) if besides else offered)

    @staticmethod
    def keepers(person: Any) -> OrganisationQuerySet:
        """The organisations whose topics the person may keep: units, and the company for its own."""
        held = person.organisations_with(Ability.KEEP_TOPICS)
        found: OrganisationQuerySet = held.filter(models.Q(may_establish=True) | models.Q(parent=None)).in_order()
        return found

    # Verbs

    @classmethod
    @transaction.atomic
    def propose(cls, place: Organisation, *, year: int, kind: str, title: str, by: Any, text: str = "") -> Topic:
        """Put a topic on the list of a unit or of the company. Raises Refused at the fields at fault."""
        if not cls.keepers(by).filter(pk=place.pk).exists():
            raise Refused("您没有为该单位维护选题库的权限")
        acted_for = by.acting_for(Ability.KEEP_TOPICS, place)
        made = cls(place=place, path=place.path, year=year, by_id=by.pk, on_behalf_of=acted_for, at=clock.now())
        made._say(kind, title, text)
        checked(made, exclude=["path"])
        made.save()
        audit.record("topic.propose", made, by=by, on_behalf_of=acted_for)
        return made

    @transaction.atomic
    def amend(self, *, kind: str, title: str, by: Any, text: str = "") -> None:
        """Say it better. Projects that took it up show the new words; what they handed in keeps its own."""
        if not by.can(Ability.KEEP_TOPICS, self):
            raise Refused("您没有为该单位维护选题库的权限")
        self._say(kind, title, text)
        checked(self, exclude=["path"])
        self.save(update_fields=["kind", "title", "text"])
        audit.record("topic.amend", self, by=by, on_behalf_of=by.acting_for(Ability.KEEP_TOPICS, self))

    @transaction.atomic
    def close(self, *, by: Any, reason: str = "") -> MoveLog:
        """Take it off the offer."""
        return self.move("close", by=by, opinion=reason.strip())

    @transaction.atomic
    def reopen(self, *, by: Any) -> MoveLog:
        return self.move("reopen", by=by)

    # Private

    def _say(self, kind: str, title: str, text: str) -> None:
        self.kind, self.title, self.text = kind, " ".join(title.split()), bounded(text, MOST_TEXT, "text")
        same = Topic.objects.filter(place=self.place, year=self.year, title=self.title).exclude(pk=self.pk)
        if same.exists():
            raise Refused(Reason("本单位这一年已有同名选题", "title"))
