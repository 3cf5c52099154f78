"""The states of a version of the 项目汇总表."""

from django.db import models


class State(models.TextChoices):
    HANDED_IN = "handed_in", "已报送"
    SETTLED = "settled", "已办结"
    SUPERSEDED = "superseded", "已有新版"
    RECALLED = "recalled", "已撤回"


STANDING = frozenset({State.HANDED_IN, State.SETTLED})
"""Of each unit and year one version at most stands: the one that the company answers."""
