"""The brand (特色品牌): what a unit or the company is to be known for, grown from the projects it holds up (S-08, S-68)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful, checked
from dangjian.foundation.refusal import bounded
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.people.scope import PathField, ScopedQuerySet, upward

if TYPE_CHECKING:
    from dangjian.projects.project import Project

MOST_MEANING = 500  # characters
FIRST_YEAR = 1921


class State(models.TextChoices):
    KEPT = "kept", "在建"
    ENDED = "ended", "已停用"


class BrandQuerySet(ScopedQuerySet["Brand"]):
    def visible_to(self, person: Any) -> Self:
        """Those of the places the person works in, of all above them, and below as far as an office reaches."""
        return self.around(person.scopes())

    def in_order(self) -> Self:
        """By 组织序列, in it the oldest first."""
        return self.order_by("place__rank", "since", "pk")

    def with_projects(self, seen: models.QuerySet[Project]) -> Self:
        """Each with ``belonging``: how many of the projects that one sees are marked with it."""
        of_brand = seen.order_by().filter(highlight__brand=models.OuterRef("pk")).values("highlight__brand")
        counted = of_brand.annotate(n=models.Count("pk")).values("n")
        none = models.Value(0)
        return self.annotate(belonging=models.functions.Coalesce(models.Subquery(counted), none))


class Brand(Acted, Stateful):
    """One line of the brand register (特色品牌). Which projects belong to it, their highlights say."""

    moves = (
        Move("retire", "停用", frozenset({State.KEPT}), State.ENDED, Ability.KEEP_BRANDS, clause="S-08"),
        Move("reinstate", "恢复", frozenset({State.ENDED}), State.KEPT, Ability.KEEP_BRANDS, clause="S-08"),
    )

    state = models.CharField("状态", max_length=20, choices=State, default=State.KEPT)
    place = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="创建单位")
    path = PathField("路径", editable=False)
    name = models.CharField("品牌名称", max_length=30)
    meaning = models.TextField("品牌内涵", blank=True)
    since = models.PositiveSmallIntegerField(
        "创建年份",
        validators=[MinValueValidator(FIRST_YEAR, f"创建年份不能早于 {FIRST_YEAR} 年"), MaxValueValidator(9999)],
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    objects = BrandQuerySet.as_manager()
    belonging: int  # where asked for by `with_projects`

    class Meta:
        verbose_name = "特色品牌"
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="brand_once")]
        indexes = [models.Index(fields=["path", "state"], name="brand_place")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def offered_to(project: Project) -> BrandQuerySet:
        """What a highlight of the project may be marked with: brands in use of the places above its branch."""
        return Brand.objects.filter(state=State.KEPT, path__in=upward([project.branch.path]))

    @staticmethod
    def keepers(person: Any) -> OrganisationQuerySet:
        """The organisations whose brands the person may keep: units, and the company for its own."""
        held = person.organisations_with(Ability.KEEP_BRANDS)
        found: OrganisationQuerySet = held.filter(models.Q(may_establish=True) | models.Q(parent=None)).in_order()
        return found

    # Verbs

    @classmethod
    @transaction.atomic
    def register(cls, place: Organisation, *, name: str, since: int, by: Any, meaning: str = "") -> Brand:
        """Enter a brand of a unit or of the company. Raises Refused at the fields at fault."""
        if not cls.keepers(by).filter(pk=place.pk).exists():
            raise Refused("您没有为该单位登记特色品牌的权限")
        acted_for = by.acting_for(Ability.KEEP_BRANDS, place)
        made = cls(place=place, path=place.path, by_id=by.pk, on_behalf_of=acted_for, at=clock.now())
        made._say(name, meaning, since)
        made.save()
        audit.record("brand.register", made, by=by, on_behalf_of=acted_for)
        return made

    @transaction.atomic
    def amend(self, *, name: str, since: int, by: Any, meaning: str = "") -> None:
        """Say it better. The projects marked with it show the new words."""
        if not by.can(Ability.KEEP_BRANDS, self):
            raise Refused("您没有为该单位登记特色品牌的权限")
        self._say(name, meaning, since)
        self.save(update_fields=["name", "meaning", "since"])
        audit.record("brand.amend", self, by=by, on_behalf_of=by.acting_for(Ability.KEEP_BRANDS, self))

    @transaction.atomic
    def retire(self, *, by: Any, reason: str = "") -> MoveLog:
        """Nothing new is marked with it; what is marked stays."""
        return self.move("retire", by=by, opinion=reason.strip())

    @transaction.atomic
    def reinstate(self, *, by: Any) -> MoveLog:
        return self.move("reinstate", by=by)

    # Private

    def _say(self, name: str, meaning: str, since: int) -> None:
        meaning = bounded(meaning, MOST_MEANING, "meaning")
        if since > clock.today().year:
            raise Refused(Reason("创建年份不能晚于今年", "since"))
        self.name, self.meaning, self.since = " ".join(name.split()), meaning, since
        if Brand.objects.filter(place=self.place, name=self.name).exclude(pk=self.pk).exists():
            raise Refused(Reason("本单位已有同名品牌", "name"))
        checked(self, exclude=["path"])
