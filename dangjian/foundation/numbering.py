"""Numbering (编号): running numbers of a kind, an organisation and a year; a number once taken is never reused."""

from django.db import models, transaction


class Counter(models.Model):
    """The last number taken."""

    kind = models.CharField("种类", max_length=40)
    organisation = models.ForeignKey("dangjian.Organisation", models.PROTECT, related_name="+", verbose_name="党组织")
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "编号"
        constraints = [models.UniqueConstraint(fields=["kind", "organisation", "year"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"


@transaction.atomic
def take(kind: str, *, organisation: models.Model, year: int) -> int:
    """The next number, from 1. Taken inside the verb: a verb that fails gives its number back with everything else."""
    counter, _ = Counter.objects.get_or_create(kind=kind, organisation_id=organisation.pk, year=year)
    # The update locks the row until the verb commits, so two verbs cannot read the same value.
    Counter.objects.filter(pk=counter.pk).update(last=models.F("last") + 1)
    counter.refresh_from_db(fields=["last"])
    return counter.last
