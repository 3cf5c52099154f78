"""What surrounds the projects: oneself, 待办, 通知, the organisations one works for, the year."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from dangjian.api.answers import (
    LOOKS,
    MeOut,
    NoticeOut,
    OfficeOut,
    OrganisationOut,
    PersonOut,
    RoundOut,
    TodoOut,
    WindowOut,
)
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number
from dangjian.foundation.notice import Notice
from dangjian.overview import todo
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round

router = Router(tags=["工作台"])


@router.get("me", response={200: MeOut} | LOOKS, summary="令牌的主人")
def me(request: Asking) -> Any:
    person = request.person
    offices = [
        OfficeOut(role=office.role, label=office.get_role_display(), organisation=office.organisation_id)
        for office in person.offices()
    ]
    token = request.auth
    own = PersonOut.of(person).dict()
    return MeOut(**own, offices=offices, reads_only=token.reads_only, expires_at=token.expires_at)


@router.get("todos", response={200: PageOut[TodoOut]} | LOOKS, summary="待办")
def todos(request: Asking, asked: Paged) -> Any:
    return page_of(todo.Waiting(request.person), asked, TodoOut.of)


@router.get("notices", response={200: PageOut[NoticeOut]} | LOOKS, summary="通知")
def notices(request: Asking, asked: Paged, unread: Annotated[bool, Query(description="只要未读的")] = False) -> Any:
    found = Notice.objects.visible_to(request.person)
    found = found.unread() if unread else found
    return page_of(found.order_by("-created_at", "-pk"), asked, NoticeOut.of)


@router.get("organisations", response={200: PageOut[OrganisationOut]} | LOOKS, summary="所在和所管的党组织，按组织序列")
def organisations(request: Asking, asked: Paged) -> Any:
    return page_of(Organisation.objects.visible_to(request.person).in_order(), asked, OrganisationOut.of)


@router.get("people", response={200: PageOut[PersonOut]} | LOOKS, summary="所在和所管党组织的人员")
def people(
    request: Asking,
    asked: Paged,
    organisation: Annotated[Number | None, Query(description="只要这个党组织的，写它的 id")] = None,
) -> Any:
    found = Person.objects.visible_to(request.person)
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return page_of(found.in_order(), asked, PersonOut.of)


@router.get("rounds", response={200: list[RoundOut]} | LOOKS, summary="年度批次和时限")
def rounds(request: Asking) -> Any:
    found = Round.objects.visible_to(request.person).newest_first().select_related("scheme")
    return [
        RoundOut(
            year=round.year,
            scheme=str(round.scheme),
            windows=[WindowOut.of(key, w) for key, w in round.windows_at(request.person.organisation).items()],
        )
        for round in found
    ]
