"""Projects: the list, one with its facts, and every verb from the draft to the receipt of the notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Status
from pydantic import create_model

from dangjian.api.answers import ACTS, FINDS, ProjectDetailOut, ProjectOut
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.overview import paper_template
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects import papers
from dangjian.projects.application import Application
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project
from dangjian.projects.revision import LISTS
from dangjian.projects.row import Row
from dangjian.projects.state import STANDINGS
from dangjian.projects.team import candidates
from dangjian.projects.texts import TEXTS

router = Router(tags=["项目"])


class Filter(Sent):
    """As on the page 项目台账."""

    q: Text = Field("", description="名称、编号、支部、责任人中含有的词")
    state: Literal[*STANDINGS] | None = Field(None, description="状态")  # type: ignore[valid-type]
    year: int | None = Field(None, ge=1900, le=2200, description="年度")
    unit: Number | None = Field(None, description="党组织及其下级，含其支部参与的")
    filing: Literal[*FilingState.values] | None = Field(None, description="备案状态")  # type: ignore[valid-type]


@router.get("", response={200: PageOut[ProjectOut]} | FINDS, summary="项目台账")
def index(request: Asking, asked: Paged, chosen: Annotated[Filter, Query()]) -> Any:
    standings = [chosen.state] if chosen.state else ()
    found = Project.objects.visible_to(request.person).with_names().narrowed(chosen.q, standings, chosen.year)
    if chosen.unit is not None:
        unit = get_object_or_404(Organisation.objects.visible_to(request.person), pk=chosen.unit)
        found = found.of(unit)
    if chosen.filing is not None:
        found = found.filed_as(chosen.filing)
    return page_of(found.order_by("-changed_at", "-id"), asked, ProjectOut.of)


class DraftIn(Sent):
    """The first two facts of an application."""

    branch: Number = Field(description="立项支部的 id")
    name: Text = Field(description="项目名称")
    offline: bool = Field(False, description="线下管理：涉密项目，内容不录入系统")


@router.post("", response={201: ProjectDetailOut} | ACTS, summary="填写申请表：立项支部、项目名称、管理方式")
def draft(request: Asking, sent: DraftIn) -> Any:
    branch = get_object_or_404(Organisation.objects.visible_to(request.person), pk=sent.branch)
    with transaction.atomic():
        project = Project.draft(branch=branch, name=sent.name, by=request.person)
        if sent.offline:
            project.keep_offline(by=request.person)
    return Status(201, _detail(request, project.pk))


@router.get("{pk}", response={200: ProjectDetailOut} | FINDS, summary="一个项目的全部内容")
def show(request: Asking, pk: PathNumber) -> Any:
    return _detail(request, pk)


class MemberIn(Sent):
    """A member of the team, and what they do."""

    person: Number = Field(description="人员的 id")
    duty: Text = Field("", description="分工")


Value = Text | int | float | None


def line_in(kind: type[Row]) -> Any:
    """A line of one of the lists, with the columns that it has."""
    columns: Any = {column.name: (Value, Field("", description=str(column.verbose_name))) for column in kind.columns()}
    return create_model(kind.__name__, __base__=Sent, **columns)


_TEXTS: Any = {
    key: (Text, Field("", description=str(Application._meta.get_field(key).verbose_name)))  # type: ignore[union-attr]
    for key in TEXTS
}
Facts = create_model(
    "Facts",
    __base__=Sent,
    __doc__="申请表的内容。没有写出的保持原样。",
    name=(Text, Field("", description="项目名称")),
    starts=(Text, Field("", description="开始年月，如 2022-08")),
    ends=(Text, Field("", description="完成年月，如 2022-12")),
    filled_on=(date | None, Field(None, description="填表时间")),
    **_TEXTS,
)
_LISTS: Any = {kind.key(): (list[line_in(kind)], Field([], max_length=200, description=kind.title)) for kind in LISTS}  # type: ignore[misc]
Lists = create_model("Lists", __base__=Sent, __doc__="各项明细，一项一行；没有写出的保持原样。", **_LISTS)


class FillingIn(Sent):
    """One saving of an application. ``seen`` is ``edits`` of the project as it was last read."""

    seen: Number = Field(description="读到时的 edits，别人改过即不保存")
    facts: Facts = Facts()  # type: ignore[valid-type]
    lists: Lists = Lists()  # type: ignore[valid-type]
    categories: dict[Annotated[str, Field(max_length=40)], list[Annotated[str, Field(max_length=40)]]] | None = Field(
        None, description="分类：分类的代码和所选项的代码，如 origin=production"
    )
    team: list[MemberIn] | None = Field(None, description="项目成员；没有写出的保持原样")


@router.patch("{pk}/application", response={200: ProjectDetailOut} | ACTS, summary="暂存申请表")
def fill(request: Asking, pk: PathNumber, sent: FillingIn) -> Any:
    project = _visible(request, pk)
    project.application.fill(
        sent.facts.dict(exclude_unset=True),  # type: ignore[attr-defined]
        by=request.person,
        seen=sent.seen,
        categories=sent.categories,
        team=None if sent.team is None else team_of(project, sent.team),
        lists=sent.lists.dict(exclude_unset=True),  # type: ignore[attr-defined]
    )
    return _detail(request, pk)


class ReasonIn(Sent):
    """Why."""

    reason: Text = Field("", description="理由")


class DecisionIn(Sent):
    """A decision of the current step. ``version`` is the project's as it was last read."""

    decision: Literal["pass", "return", "establish", "reject"] = Field(
        description="pass 提交党委会，return 退回修改，establish 同意立项，reject 不予立项"
    )
    opinion: Text = Field("", description="意见；退回、不予立项的写明理由")
    answer: bool | None = Field(None, description="对环节所提问题的回答，如“是否符合企业发展方向”")
    version: Number = Field(description="读到时的 version，别人改过即不办理")


class HandlerIn(ReasonIn):
    """Who is to take the current step instead."""

    person: Number = Field(description="接办、代办的人的 id")


@router.post("{pk}/submission", response={200: ProjectDetailOut} | ACTS, summary="提交申报")
def submit(request: Asking, pk: PathNumber) -> Any:
    return _after(request, pk, lambda project: project.submit(by=request.person))


class ManagementIn(Sent):
    """Where the contents are to be kept."""

    offline: bool = Field(description="线下管理，还是改回线上")


@router.post("{pk}/management", response={200: ProjectDetailOut} | ACTS, summary="改变管理方式：线上、线下")
def manage(request: Asking, pk: PathNumber, sent: ManagementIn) -> Any:
    return _after(
        request,
        pk,
        lambda project: (project.keep_offline if sent.offline else project.bring_online)(by=request.person),
    )


@router.post("{pk}/recall", response={200: ProjectDetailOut} | ACTS, summary="撤回")
def recall(request: Asking, pk: PathNumber) -> Any:
    return _after(request, pk, lambda project: project.recall(by=request.person))


@router.post("{pk}/withdrawal", response={200: ProjectDetailOut} | ACTS, summary="放弃申报")
def withdraw(request: Asking, pk: PathNumber, sent: ReasonIn) -> Any:
    return _after(request, pk, lambda project: project.withdraw(by=request.person, reason=sent.reason))


@router.post("{pk}/past-withdrawal", response={200: ProjectDetailOut} | ACTS, summary="撤回补录")
def withdraw_past(request: Asking, pk: PathNumber) -> Any:
    return _after(request, pk, lambda project: project.withdraw_past(by=request.person))


@router.post("{pk}/decision", response={200: ProjectDetailOut} | ACTS, summary="办理当前环节")
def decide(request: Asking, pk: PathNumber, sent: DecisionIn) -> Any:
    return _after(
        request,
        pk,
        lambda project: project.decide(
            sent.decision, by=request.person, opinion=sent.opinion, answer=sent.answer, seen=sent.version
        ),
    )


@router.post("{pk}/handler", response={200: ProjectDetailOut} | ACTS, summary="转办")
def hand_over(request: Asking, pk: PathNumber, sent: HandlerIn) -> Any:
    to = Person.objects.visible_to(request.person).filter(pk=sent.person).first()
    if to is None:
        raise Refused(Reason("没有这位同志", "person"))
    return _after(request, pk, lambda project: project.hand_over(to=to, by=request.person, reason=sent.reason))


@router.post("{pk}/receipt", response={200: ProjectDetailOut} | ACTS, summary="签收立项通知")
def receive(request: Asking, pk: PathNumber) -> Any:
    def sign(project: Project) -> None:
        resolution = project.establishment()
        if resolution is None:
            raise Refused("这个项目还没有立项通知")
        resolution.receive(by=request.person)

    return _after(request, pk, sign)


@router.post("{pk}/reminder", response={200: ProjectDetailOut} | ACTS, summary="提请办理（向上）、催办（向下）")
def remind(request: Asking, pk: PathNumber) -> Any:
    def ask(project: Project) -> None:
        if project.step is not None:
            project.ask_to_act(by=request.person)
        else:
            project.urge(by=request.person)

    return _after(request, pk, ask)


@router.get(
    "{pk}/papers/{paper}.{kind}",
    response={200: None} | FINDS,
    summary="文书：申请表、立项通知，Word 或 PDF",
)
def paper(
    request: Asking,
    pk: PathNumber,
    paper: Annotated[Literal["application", "notice"], Path(description="application 申请表，notice 立项通知")],
    kind: Literal["docx", "pdf"],
) -> Any:
    made = papers.paper_of(_visible(request, pk), paper)
    if made is None:
        raise Http404
    content, media_type = paper_template.drawn(made, kind, by=request.person.name)
    return HttpResponse(content, content_type=media_type)


def _visible(request: Asking, pk: int) -> Project:
    found: Project = get_object_or_404(Project.objects.visible_to(request.person).with_names(), pk=pk)
    return found


def _detail(request: Asking, pk: int) -> ProjectDetailOut:
    return ProjectDetailOut.seen_by(_visible(request, pk), request.person)


def _after(request: Asking, pk: int, verb: Callable[[Project], Any]) -> ProjectDetailOut:
    verb(_visible(request, pk))
    return _detail(request, pk)


def team_of(project: Project, sent: list[MemberIn]) -> list[tuple[Person, str]]:
    """The members with their persons. Raises Refused for somebody who cannot be one."""
    known = candidates(project).in_bulk([member.person for member in sent])
    if len(known) < len({member.person for member in sent}):
        raise Refused(Reason("项目成员请从立项支部、参与支部的人员中选", "team"))
    return [(known[member.person], member.duty) for member in sent]
