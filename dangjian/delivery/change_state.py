"""The states of a plan change, and its weight: noted by the department, or decided by the committee."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "填写中"
    WAITING = "waiting", "待办理"
    GRANTED = "granted", "已变更"
    DECLINED = "declined", "不同意变更"
    DROPPED = "dropped", "已撤销"


class Weight(models.TextChoices):
    ORDINARY = "ordinary", "一般变更"
    MAJOR = "major", "重大变更"
