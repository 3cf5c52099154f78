"""What units and the company keep beside the projects: the topic bank and the brand register."""

from __future__ import annotations

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from dangjian.api.answers import ACTS, LOOKS
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.people.organisation import Organisation
from dangjian.programmes.topic import Kind, Topic
from dangjian.projects.brand import Brand

topics = Router(tags=["选题库"])
brands = Router(tags=["特色品牌"])


class TopicOut(Schema):
    """A line of the topic bank."""

    id: int
    place: int
    year: int
    kind: str
    title: str
    text: str
    state: str

    @staticmethod
    def of(topic: Topic) -> TopicOut:
        return TopicOut(
            id=topic.pk, place=topic.place_id, year=topic.year, kind=topic.kind, title=topic.title, text=topic.text,
            state=topic.state,
        )  # fmt: skip


class TopicIn(Sent):
    place: Number = Field(description="提出单位")
    year: int = Field(ge=1900, le=2200, description="年度")
    kind: Literal[*Kind.values] = Field(description="difficult 难点，key 重点")  # type: ignore[valid-type]
    title: Text = Field(description="选题")
    text: Text = Field("", description="说明")


@topics.get("", response={200: PageOut[TopicOut]} | LOOKS, summary="选题库")
def list_topics(request: Asking, asked: Paged) -> Any:
    return page_of(Topic.objects.visible_to(request.person).in_order(), asked, TopicOut.of)


@topics.post("", response={201: TopicOut} | ACTS, summary="登记选题")
def propose(request: Asking, sent: TopicIn) -> Any:
    facts = sent.dict() | {"place": _place(request, sent.place)}
    return Status(201, TopicOut.of(Topic.propose(facts.pop("place"), by=request.person, **facts)))


class OfferIn(Sent):
    offered: bool = Field(description="真为重新放开，假为关闭")
    reason: Text = Field("", description="关闭的理由")


@topics.post("{pk}/offer", response={200: TopicOut} | ACTS, summary="关闭或重新放开选题")
def offer(request: Asking, pk: PathNumber, sent: OfferIn) -> Any:
    topic = get_object_or_404(Topic.objects.visible_to(request.person).select_related("place"), pk=pk)
    if sent.offered:
        topic.reopen(by=request.person)
    else:
        topic.close(by=request.person, reason=sent.reason)
    return TopicOut.of(topic)


class BrandOut(Schema):
    """A line of the brand register."""

    id: int
    place: int
    name: str
    since: int
    meaning: str
    state: str

    @staticmethod
    def of(brand: Brand) -> BrandOut:
        return BrandOut(
            id=brand.pk, place=brand.place_id, name=brand.name, since=brand.since, meaning=brand.meaning,
            state=brand.state,
        )  # fmt: skip


class BrandIn(Sent):
    place: Number = Field(description="创建单位")
    name: Text = Field(description="品牌名称")
    since: int = Field(ge=0, le=9999, description="创建年份")
    meaning: Text = Field("", description="内涵")


@brands.get("", response={200: PageOut[BrandOut]} | LOOKS, summary="特色品牌")
def list_brands(request: Asking, asked: Paged) -> Any:
    return page_of(Brand.objects.visible_to(request.person).in_order(), asked, BrandOut.of)


@brands.post("", response={201: BrandOut} | ACTS, summary="登记品牌")
def register(request: Asking, sent: BrandIn) -> Any:
    facts = sent.dict() | {"place": _place(request, sent.place)}
    return Status(201, BrandOut.of(Brand.register(facts.pop("place"), by=request.person, **facts)))


class StandingIn(Sent):
    in_use: bool = Field(description="真为恢复，假为停用")
    reason: Text = Field("", description="停用的理由")


@brands.post("{pk}/standing", response={200: BrandOut} | ACTS, summary="停用或恢复品牌")
def stand(request: Asking, pk: PathNumber, sent: StandingIn) -> Any:
    brand = get_object_or_404(Brand.objects.visible_to(request.person), pk=pk)
    if sent.in_use:
        brand.reinstate(by=request.person)
    else:
        brand.retire(by=request.person, reason=sent.reason)
    return BrandOut.of(brand)


def _place(request: Asking, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.person), pk=pk)
