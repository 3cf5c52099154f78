"""The brand register (特色品牌): the list and its export, one brand with its projects, its words, whether it is in use."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.foundation import audit, clock
from dangjian.foundation.search import held, words_of
from dangjian.foundation.window import day_text, moment_text
from dangjian.papers import excel
from dangjian.people.access import Ability
from dangjian.projects.brand import Brand, BrandQuerySet, State
from dangjian.projects.project import Project
from dangjian.web import display
from dangjian.web.asked import asked
from dangjian.web.forms import posted
from dangjian.web.forms.brands import BrandForm, BrandQuery
from dangjian.web.forms.projects import ReasonForm
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached
from dangjian.web.worded import worded

get_or_post = require_http_methods(["GET", "POST"])
MOST_EXPORTED = 5_000


def _brand(request: Asked, pk: int) -> Brand:
    return get_object_or_404(
        Brand.objects.visible_to(request.person).select_related("place", "by", "on_behalf_of"), pk=pk
    )


def _kept(request: Asked, pk: int) -> Brand:
    """A brand that this person keeps: its forms are nobody else's."""
    brand = _brand(request, pk)
    if not request.person.can(Ability.KEEP_BRANDS, brand):
        raise Http404
    return brand


def _asked_for(request: Asked) -> tuple[BrandQuery, BrandQuerySet]:
    """The query, and the brands that it asks for; what it does not know narrows nothing."""
    form = BrandQuery(request.person, request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = Brand.objects.visible_to(request.person)
    for word in words_of(chosen.get("q", "")):
        rows = rows.filter(held(word, "name", "meaning"))
    rows = rows.filter(**{key: chosen[key] for key in ("place", "state") if chosen.get(key)})
    return form, rows.with_projects(Project.objects.visible_to(request.person)).select_related("place").in_order()


@require_GET
def index(request: Asked) -> HttpResponse:
    require(request.person, "brands")
    form, rows = _asked_for(request)
    context = {
        "form": form,
        "page": page_of(rows, request.GET),
        "query": request.GET.urlencode(),
        "may_keep": Brand.keepers(request.person).exists(),
    }
    return render(request, "projects/brand_index.html", context)


@require_POST
@transaction.atomic
def export(request: Asked) -> HttpResponseBase:
    """The list as its address asks for it, as Excel. A POST: who took what is written down."""
    brands = list(_asked_for(request)[1][:MOST_EXPORTED])
    if not brands:
        messages.error(request, "没有可以导出的品牌")
        return redirect("brands")
    named = (
        ("序号", 6),
        ("品牌名称", 24),
        ("创建单位", 24),
        ("创建年份", 10),
        ("状态", 10),
        ("品牌内涵", 60),
        ("所属项目数", 12),
    )
    rows: Iterator[list[excel.Value]] = (
        [number, each.name, each.place.short_name, each.since, each.state_label, each.meaning, each.belonging]
        for number, each in enumerate(brands, 1)
    )
    foot = f"导出人：{request.person.name}　{moment_text(clock.now())}　共 {len(brands)} 条"
    sheet = excel.Sheet("特色品牌", [excel.Column(*each) for each in named], rows, foot)
    audit.record("brand.export", None, by=request.person, details={"count": len(brands)})
    return attached(excel.draw(sheet), f"特色品牌 {day_text(clock.today())}.xlsx", excel.MEDIA_TYPE)


@get_or_post
def new(request: Asked) -> HttpResponse:
    places = Brand.keepers(request.person)
    if not places:
        raise Http404

    def register(**facts: Any) -> Brand:
        return Brand.register(facts.pop("place", places[0]), by=request.person, **facts)

    return worded(
        request, BrandForm(request.person, None, posted(request)), register, heading="登记品牌", back_url=reverse("brands"),
        lead="单位和公司的党建品牌，标亮点项目时选用", listed=_listed(), done="已登记品牌“{}”",
        opens=lambda made: reverse("brand", args=[made.pk]), more_url=reverse("brand-new"),
    )  # fmt: skip


def _listed() -> tuple[str, str]:
    return "特色品牌", reverse("brands")


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    brand = _brand(request, pk)
    projects = Project.objects.visible_to(request.person).filter(highlight__brand=brand).with_names()
    page = page_of(projects.order_by("branch__rank", "path", "pk"), request.GET)
    context = {
        "brand": brand,
        "page": page.showing(
            [display.row(each) | {"why": each.highlight.reason} for each in page.rows if each.highlight]
        ),
        "by_text": f"{brand.who} {display.moment(brand.at)}登记",
        "moves": [move.label for move, refusals in brand.open_moves(by=request.person) if not refusals],
        "may_keep": request.person.can(Ability.KEEP_BRANDS, brand),
        "log": [
            {"label": made.label, "who": made.who, "at_text": display.moment(made.at), "opinion": made.opinion}
            for made in brand.log()
        ],
    }
    return render(request, "projects/brand_show.html", context)


@get_or_post
def words(request: Asked, pk: int) -> HttpResponse:
    """The words of a brand, to be said better."""
    brand = _kept(request, pk)
    return worded(
        request, BrandForm(request.person, brand, posted(request)), partial(brand.amend, by=request.person),
        heading="修改品牌", lead=brand.place.short_name, listed=_listed(), back_url=reverse("brand", args=[pk]),
    )  # fmt: skip


@get_or_post
def standing(request: Asked, pk: int) -> HttpResponse:
    """停用, or where it is out of use 恢复."""
    brand = _kept(request, pk)
    ending = brand.state == State.KEPT
    name, verb = ("retire", brand.retire) if ending else ("reinstate", brand.reinstate)
    form = ReasonForm(posted(request)) if ending else Form(posted(request))
    follows = "停用后标亮点项目时不能再选，已选用的项目不受影响。" if ending else "恢复后标亮点项目时可以选用。"
    label = Brand.move_named(name).label
    return asked(
        request, form, lambda: verb(by=request.person, **form.cleaned_data), heading=f"{label}品牌",
        text=f"“{brand.name}”{follows}", action_label=label, refusals=brand.refusals(name, by=request.person),
        back_url=reverse("brand", args=[pk]), section=dict(zip(("label", "url"), _listed(), strict=True)),
    )  # fmt: skip
