"""What is done with a project besides its way: 代填 confirmed or sent back, 回避, 亮点."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Router

from dangjian.api.answers import ACTS, ProjectDetailOut
from dangjian.api.bearer import Asking
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.people.person import Person
from dangjian.projects.brand import Brand
from dangjian.projects.highlight import Highlight
from dangjian.projects.project import Project

router = Router(tags=["项目"])


@router.post("{pk}/confirmation-request", response={200: ProjectDetailOut} | ACTS, summary="代填的申请表请书记确认")
def ask_for_confirmation(request: Asking, pk: PathNumber) -> Any:
    _visible(request, pk).application.ask_for_confirmation(by=request.person)
    return _detail(request, pk)


class ConfirmationIn(Sent):
    """The secretary's answer to what was filled in; one that sends back says why."""

    confirmed: bool = Field(description="确认，还是退回代填人")
    reason: Text = Field("", description="退回的理由")


@router.post("{pk}/confirmation", response={200: ProjectDetailOut} | ACTS, summary="书记确认代填，或退回代填人")
def answer(request: Asking, pk: PathNumber, sent: ConfirmationIn) -> Any:
    application = _visible(request, pk).application
    if sent.confirmed:
        application.confirm(by=request.person)
    else:
        application.send_back(by=request.person, reason=sent.reason)
    return _detail(request, pk)


class RecusalIn(Sent):
    """Who acts instead, and why one stands aside."""

    stand_in: Number = Field(description="代办人的 id")
    reason: Text = Field(description="回避原因")


@router.post("{pk}/recusal", response={200: ProjectDetailOut} | ACTS, summary="回避，由代办人办理")
def recuse(request: Asking, pk: PathNumber, sent: RecusalIn) -> Any:
    project = _visible(request, pk)
    stand_in = Person.objects.visible_to(request.person).filter(pk=sent.stand_in).first()
    if stand_in is None:
        raise Refused(Reason("没有这位同志", "stand_in"))
    project.recuse(stand_in=stand_in, by=request.person, reason=sent.reason)
    return _detail(request, pk)


class HighlightIn(Sent):
    """Why it is held up, and the brand that grows from it."""

    reason: Text = Field(description="标为亮点的理由")
    brand: Number | None = Field(None, description="特色品牌")


@router.post("{pk}/highlight", response={200: ProjectDetailOut} | ACTS, summary="标为亮点项目")
def mark(request: Asking, pk: PathNumber, sent: HighlightIn) -> Any:
    brand = Brand.objects.visible_to(request.person).filter(pk=sent.brand).first() if sent.brand is not None else None
    if sent.brand is not None and brand is None:
        raise Refused(Reason("没有这个品牌", "brand"))
    Highlight.mark(_visible(request, pk), reason=sent.reason, brand=brand, by=request.person)
    return _detail(request, pk)


class EndIn(Sent):
    reason: Text = Field(description="取消的理由")


@router.post("{pk}/highlight/end", response={200: ProjectDetailOut} | ACTS, summary="取消亮点")
def take_back(request: Asking, pk: PathNumber, sent: EndIn) -> Any:
    project = _visible(request, pk)
    if project.highlight is None:
        raise Refused("这个项目没有标为亮点")
    project.highlight.take_back(reason=sent.reason, by=request.person)
    return _detail(request, pk)


def _visible(request: Asking, pk: int) -> Project:
    found: Project = get_object_or_404(Project.objects.visible_to(request.person).with_names(), pk=pk)
    return found


def _detail(request: Asking, pk: int) -> ProjectDetailOut:
    return ProjectDetailOut.seen_by(_visible(request, pk), request.person)
