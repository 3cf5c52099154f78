"""The states of a plan, and those of its project in which a plan is made and changed."""

from django.db import models

from dangjian.projects.state import State as ProjectState


class State(models.TextChoices):
    DRAFT = "draft", "编制中"
    IN_APPROVAL = "in_approval", "审批中"
    APPROVED = "approved", "已审定"


MAY_PLAN = (ProjectState.ESTABLISHED, ProjectState.RUNNING)
