"""The states a project goes through (design §3): everything finer is a step, a gate or derived."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_APPROVAL = "in_approval", "审批中"
    ESTABLISHED = "established", "已立项"
    RUNNING = "running", "实施中"
    SUSPENDED = "suspended", "已暂停"
    COMPLETED = "completed", "已完成"
    ARCHIVED = "archived", "已归档"
    REJECTED = "rejected", "不予立项"
    WITHDRAWN = "withdrawn", "已放弃"
    TERMINATED = "terminated", "已终止"


ONCE_ESTABLISHED = (
    State.ESTABLISHED,
    State.RUNNING,
    State.SUSPENDED,
    State.COMPLETED,
    State.ARCHIVED,
    State.TERMINATED,
)
ONCE_STARTED = (State.RUNNING, State.SUSPENDED, State.COMPLETED, State.ARCHIVED)
"""A terminated project may have ended before it started."""
NEVER_SUBMITTED = (State.DRAFT, State.WITHDRAWN)
STANDINGS = {
    "draft": "草稿",
    "returned": "退回修改",
    "screening": "待筛选",
    "meeting": "待上会",
    "established": "已立项",
    "running": "实施中",
    "terminated": "已终止",
    "rejected": "不予立项",
    "withdrawn": "已放弃",
}
"""What lists call the state of a project: 待筛选 and 待上会 are told apart by the step that is waited for."""
