"""The former name (曾用名): what an organisation was called until it was renamed. Papers of that time keep it."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation import clock

if TYPE_CHECKING:
    from dangjian.people.organisation import Organisation

NAMES = ("full_name", "short_name", "administrative_name", "signature_name")


class FormerName(models.Model):
    """The four names of an organisation, as they were until one moment."""

    organisation = models.ForeignKey(
        "dangjian.Organisation", models.CASCADE, related_name="former_names", verbose_name="党组织"
    )
    full_name = models.CharField("原党组织全称", max_length=80)
    short_name = models.CharField("原简称", max_length=40)
    administrative_name = models.CharField("原行政名称", max_length=80, blank=True)
    signature_name = models.CharField("原落款名称", max_length=80, blank=True)
    until = models.DateTimeField("使用至")

    class Meta:
        verbose_name = "曾用名"
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return self.full_name

    @classmethod
    def keep(cls, organisation: Organisation) -> FormerName:
        """Write down what it is called now, before it is called otherwise."""
        names = {name: getattr(organisation, name) for name in NAMES}
        return cls.objects.create(organisation=organisation, until=clock.now(), **names)


def as_of(organisation: Organisation, at: datetime) -> Organisation:
    """The organisation as it was called at a moment, for a paper of that time; never to be saved."""
    former = organisation.former_names.filter(until__gt=at).first()
    if former is None:
        return organisation
    then = copy(organisation)
    for name in NAMES:
        setattr(then, name, getattr(former, name))
    return then
