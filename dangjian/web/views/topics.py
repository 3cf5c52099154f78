"""The topic bank (选题库): the list, one topic with the projects that took it up, its words, whether it is on offer."""

from functools import partial
from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation import clock
from dangjian.foundation.search import held, words_of
from dangjian.overview.uptake import with_uptake
from dangjian.people.access import Ability
from dangjian.programmes.round import Round
from dangjian.programmes.topic import State, Topic, TopicQuerySet
from dangjian.projects.project import Project
from dangjian.web import display
from dangjian.web.asked import asked
from dangjian.web.forms import posted
from dangjian.web.forms.projects import ReasonForm
from dangjian.web.forms.topics import TopicForm, TopicQuery
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.worded import worded

get_or_post = require_http_methods(["GET", "POST"])


def _topic(request: Asked, pk: int) -> Topic:
    return get_object_or_404(
        Topic.objects.visible_to(request.person).select_related("place", "by", "on_behalf_of"), pk=pk
    )


def _kept(request: Asked, pk: int) -> Topic:
    """A topic that this person keeps: its pages are nobody else's."""
    topic = _topic(request, pk)
    if not request.person.can(Ability.KEEP_TOPICS, topic):
        raise Http404
    return topic


@require_GET
def index(request: Asked) -> HttpResponse:
    require(request.person, "topics")
    seen = Topic.objects.visible_to(request.person)
    years = sorted(set(seen.order_by().values_list("year", flat=True)), reverse=True)
    form = TopicQuery(years, request.GET or None)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = with_uptake(_narrowed(seen, chosen), request.person)
    if "taken" in chosen:
        rows = rows.filter(taken=chosen["taken"] == "yes")
    page = page_of(rows.select_related("place").in_order(), request.GET)
    offered = with_uptake(seen.filter(state=State.OPEN), request.person)
    context = {
        "form": form,
        "page": page,
        "count": {"all": offered.count(), "taken": offered.filter(taken=True).count()},
        "may_keep": bool(request.person.scopes(Ability.KEEP_TOPICS)),
        "may_apply": bool(request.person.scopes(Ability.DRAFT)),
    }
    return render(request, "programmes/topic_index.html", context)


def _narrowed(rows: TopicQuerySet, chosen: dict[str, Any]) -> TopicQuerySet:
    for word in words_of(chosen.get("q", "")):
        rows = rows.filter(held(word, "title", "text"))
    return rows.filter(**{key: chosen[key] for key in ("state", "kind", "year") if key in chosen})


@get_or_post
def new(request: Asked) -> HttpResponse:
    places = Topic.keepers(request.person)
    if not places:
        raise Http404
    current = Round.current()
    year = current.year if current else clock.today().year

    def propose(**facts: Any) -> Topic:
        return Topic.propose(facts.pop("place", places[0]), year=year, by=request.person, **facts)

    return worded(
        request, TopicForm(request.person, None, posted(request)), propose, heading="登记选题", lead=f"{year}年度",
        listed=_listed(), back_url=reverse("topics"), done="已登记选题“{}”", more_url=reverse("topic-new"),
    )  # fmt: skip


def _listed() -> tuple[str, str]:
    return "选题库", reverse("topics")


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    topic = _topic(request, pk)
    projects = Project.objects.visible_to(request.person).filter(bank_topic=topic).with_names()
    page = page_of(projects.order_by("branch__rank", "path", "pk"), request.GET)
    branches = request.person.organisations_with(Ability.DRAFT)
    context = {
        "topic": topic,
        "page": page.showing([display.row(project) for project in page.rows]),
        "by_text": f"{topic.who} {display.moment(topic.at)}登记",
        "may_apply": Topic.offered_to(branches).filter(pk=pk).exists(),
        "may_keep": request.person.can(Ability.KEEP_TOPICS, topic),
        "moves": [move.label for move, refusals in topic.open_moves(by=request.person) if not refusals],
        "log": [
            {"label": made.label, "who": made.who, "at_text": display.moment(made.at), "opinion": made.opinion}
            for made in topic.log()
        ],
    }
    return render(request, "programmes/topic_show.html", context)


@get_or_post
def words(request: Asked, pk: int) -> HttpResponse:
    """The words of a topic, to be said better."""
    topic = _kept(request, pk)
    return worded(
        request, TopicForm(request.person, topic, posted(request)), partial(topic.amend, by=request.person),
        heading="修改选题", lead=f"{topic.place.short_name} · {topic.year}年度", listed=_listed(),
        back_url=reverse("topic", args=[pk]),
    )  # fmt: skip


@get_or_post
def offer(request: Asked, pk: int) -> HttpResponse:
    """关闭, or where it is closed 重新放开."""
    topic = _kept(request, pk)
    closing = topic.state == State.OPEN
    name, verb = ("close", topic.close) if closing else ("reopen", topic.reopen)
    form = ReasonForm(posted(request)) if closing else Form(posted(request))
    follows = "关闭后支部不能再选用，已选用的项目不受影响。" if closing else "放开后支部可以选用。"
    label = Topic.move_named(name).label
    return asked(
        request, form, lambda: verb(by=request.person, **form.cleaned_data), heading=f"{label}选题",
        text=f"“{topic.title}”{follows}", action_label=label, refusals=topic.refusals(name, by=request.person),
        back_url=reverse("topic", args=[pk]), section=dict(zip(("label", "url"), _listed(), strict=True)),
    )  # fmt: skip
