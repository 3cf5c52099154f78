"""The states of a plan, and those of its project in which a plan is made and changed."""

from django.db import models

from dangjian.projects.state import State as ProjectState


class State(models.TextChoices):
    DRAFT = "draft", "编制中"
    IN_APPROVAL = "in_approval", "审批中"
    APPROVED = "approved", "已审定"


MAY_PLAN = (ProjectState.ESTABLISHED, ProjectState.RUNNING)
STANDINGS = {
    "draft": "编制中",
    "returned": "退回修改",
    "checking": "待审核、签批",
    "meeting": "待上会",
    "approved": "已审定",
}
"""What lists call the state of a plan: sent back and waiting for a meeting are told apart."""
