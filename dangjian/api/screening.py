"""Screening (批量筛选): one decision on several waiting projects, with a result for each."""

from __future__ import annotations

from typing import Any, Literal

from django.http import Http404
from ninja import Field, Router, Schema

from dangjian.api.answers import ACTS, ReasonOut
from dangjian.api.bearer import Asking
from dangjian.api.typed import Number, Sent, Text
from dangjian.people.access import Ability
from dangjian.projects.project import Project
from dangjian.projects.together import MOST_AT_ONCE, Result, decided

router = Router(tags=["项目"])


class ScreenedIn(Sent):
    """One of the projects; ``version`` is the project's as it was last read."""

    project: Number = Field(description="项目的 id")
    version: Number = Field(description="读到时的 version，别人改过即不办理")


class ScreeningIn(Sent):
    """What is decided on all of them alike."""

    decision: Literal["pass", "return"] = Field(description="pass 提交党委会，return 退回修改")
    projects: list[ScreenedIn] = Field(min_length=1, max_length=MOST_AT_ONCE, description="一并办理的项目")
    opinion: Text = Field("", description="通过时是筛选意见，可不填；退回修改时是理由")
    answer: bool | None = Field(None, description="对环节所提问题的回答，对每个项目都适用")


class ResultOut(Schema):
    """What became of one project; where nothing did, ``reasons`` say why."""

    project: int
    done: bool
    text: str
    reasons: list[ReasonOut]

    @staticmethod
    def of(result: Result) -> ResultOut:
        reasons = result.refused.reasons if result.refused else ()
        return ResultOut(
            project=result.project.pk, done=result.made is not None, text=result.text,
            reasons=[ReasonOut.of(each) for each in reasons],
        )  # fmt: skip


@router.post("", response={200: list[ResultOut]} | ACTS, summary="批量筛选：逐个办理，逐个答复")
def screen(request: Asking, sent: ScreeningIn) -> Any:
    if not request.person.scopes(Ability.SCREEN):
        raise Http404
    seen = {each.project: each.version for each in sent.projects}
    known = Project.objects.visible_to(request.person).filter(pk__in=seen).order_by("submitted_at", "pk")
    made = decided(known, sent.decision, by=request.person, seen=seen, opinion=sent.opinion, answer=sent.answer)
    results = [ResultOut.of(each) for each in made]
    unknown, text = seen.keys() - {each.project for each in results}, "没有这个项目，或您无权查看"
    return [
        *results,
        *(ResultOut(project=pk, done=False, text=text, reasons=[ReasonOut(text=text)]) for pk in sorted(unknown)),
    ]
