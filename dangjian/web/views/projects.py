"""The project and its application: list, page, form, submission, screening, papers."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.foundation.window import Phase, Window
from dangjian.overview import handed_in, todo
from dangjian.overview.saved_view import SavedView
from dangjian.people.access import Ability
from dangjian.people.account import FormFace
from dangjian.people.organisation import Organisation
from dangjian.programmes.approval import Step
from dangjian.programmes.round import Round
from dangjian.projects import papers
from dangjian.projects.meeting import Verdict
from dangjian.projects.offline import BLANK, CONCLUSIONS
from dangjian.projects.project import Project
from dangjian.projects.state import State
from dangjian.web import application_page, display, project_columns, project_page
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.application import ApplicationForm
from dangjian.web.forms.application_new import NewForm
from dangjian.web.forms.projects import BranchOpinionForm, OpinionForm
from dangjian.web.lists import answered, page_of
from dangjian.web.middleware import Asked
from dangjian.web.number import number
from dangjian.web.papers import drawn, on_screen
from dangjian.web.project_list import ProjectFilter

PHRASES = ("选题准确，措施可行。", "目标需进一步量化。", "请补充措施的责任人和时间。")
"""Opinions to begin with, until the unit has its own."""

get_or_post = require_http_methods(["GET", "POST"])


def visible_project(request: Asked, pk: int) -> Project:
    """The project, if it exists for this person."""
    found = Project.objects.visible_to(request.person).with_names()
    found = found.select_related("plan__approval__current", "plan__edited_by", "plan__edited_for")
    return get_object_or_404(found, pk=pk)


def own_project(request: Asked, pk: int, ability: str) -> Project:
    """The project, if this person holds ``ability`` there: pages of one duty are nobody else's."""
    project = visible_project(request, pk)
    if not request.person.can(ability, project):
        raise Http404
    return project


@require_GET
def index(request: Asked) -> HttpResponse:
    chosen = ProjectFilter(request.person, request.GET)
    page = page_of(chosen.rows(), request.GET)
    heads = project_columns.headings(chosen.columns)
    shown = page.showing([
        project_columns.shown(project, heads, takes_part=chosen.takes_part(project))
        for project in chosen.known(page.rows)
    ])  # fmt: skip
    context = {
        "form": chosen.form,
        "filters": chosen.chips(),
        "hint": chosen.hint,
        "page": shown,
        "heads": heads,
        "columns": chosen.columns,
        "usual": project_columns.are_usual(chosen.columns),
        "all_columns": project_columns.COLUMNS,
        "query": chosen.query,
        "views": SavedView.objects.visible_to(request.person),
        "printed": chosen.foot("打印人", f"{page.count_text}，{shown.range_text}"),
        "clear_url": chosen.clear_url,
        "may_apply": bool(request.person.scopes(Ability.DRAFT)),
        "may_remind": handed_in.may_ask(request.person),
        "axes": chosen.axes if _is_of_another_year(request) else [],
        "may_brief": bool(request.person.paths_with(Ability.PRESENT)),
    }
    return answered(request, "projects/project_index.html", context, page.url_of(reverse("projects"), chosen.query))


def _is_of_another_year(request: Asked) -> bool:
    """Whether the filter that is sent alone changes the year, so that other fields have other choices."""
    before = QueryDict(urlsplit(request.htmx.current_url or "").query).get("year", "")
    return bool(request.htmx) and before != request.GET.get("year", "")


_TABS = {
    "papers": "projects/papers.html",
    "records": "projects/records.html",
    "plan": "delivery/plan.html",
}


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    project, tab = visible_project(request, pk), request.GET.get("tab", "")
    tab = "" if tab == "plan" and project.established_at is None else tab
    shown = project_page.context(project, request.person, tab, request.GET.get("month", ""))
    return render(request, _TABS.get(tab, "projects/project_show.html"), shown)


@get_or_post
def new(request: Asked) -> HttpResponse:
    if not request.person.scopes(Ability.DRAFT):
        raise Http404
    current = Round.current()
    if current is None:
        return render(request, "projects/no_round.html")
    form = NewForm(request.person, current.rules, posted(request), initial={"bank_topic": request.GET.get("topic")})
    if request.method == "POST" and form.is_valid():
        try:
            project = _begun(request, form)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            return redirect("application-edit", project.pk)
    drafts = Project.objects.visible_to(request.person).filter(state=State.DRAFT).with_names()[:10]
    window = current.window_at("application", request.person.organisation)
    closed = window.refusal(clock.today()) if window and window.phase(clock.today()) is Phase.CLOSED else None
    context = {
        "form": form,
        "drafts": [display.row(project) for project in drafts],
        "deadline_text": _deadline(window, request.person.organisation),
        "closed_text": closed,
    }
    return render(request, "projects/application_new.html", context)


@transaction.atomic
def _begun(request: Asked, form: NewForm) -> Project:
    """The new draft, filled from an older project where one was chosen."""
    cleaned = form.cleaned_data
    project = Project.draft(branch=cleaned["branch"], name=cleaned["name"], by=request.person)
    if cleaned["management"] == "offline":
        project.keep_offline(by=request.person)
    if cleaned.get("like"):
        project.application.begin_like(cleaned["like"], by=request.person)
    if topic := cleaned.get("bank_topic"):
        fits = len(topic.text) <= project.rules.field("problem").max_length
        words = {"problem": topic.text} if fits and not project.application.problem else {}
        project.application.fill({"bank_topic": topic} | words, by=request.person, seen=project.application.edits)
    return project


@get_or_post
def edit(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.DRAFT)
    if project.state != State.DRAFT:
        messages.info(request, application_page.closed_text(project, typed=request.method == "POST"))
        return redirect("project", pk)
    form = ApplicationForm(project, posted(request), sent_files(request))
    saved = request.method == "POST" and form.is_valid() and _saved(request, project, form)
    if request.htmx:
        shown = {"form": form, "saved": saved, "application": project.application, "called": "申请表"}
        contents = application_page.contents(project, form, request.person) if saved else {}
        return render(request, "projects/saved.html", shown | contents)
    if request.POST.get("face") in FormFace:
        request.user.choose_face(request.POST["face"], by=request.person)
    if saved:
        return _onward(request, pk)
    context = application_page.context(project, form, request.person, request.user.form_face) | {
        "deadline_text": _deadline(project.round.window_at("application", project.branch), project.branch)
    }
    return render(request, application_page.TEMPLATES[request.user.form_face], context)


def _onward(request: Asked, pk: int) -> HttpResponse:
    """Where the pressed button leads once all is saved."""
    if request.POST.get("next") == "sheet":
        return redirect("paper", pk, "application", "html")
    if request.POST.get("face") not in FormFace:
        messages.success(request, "已暂存")
    return redirect("submission" if request.POST.get("next") == "preview" else "application-edit", pk)


def _saved(request: Asked, project: Project, form: ApplicationForm) -> bool:
    """Texts and files, or nothing of it: what is refused stays in the form."""
    application = project.application
    try:
        with transaction.atomic():
            application.fill(
                form.facts(), by=request.person, seen=form.cleaned_data["seen"],
                categories=form.categories(), team=form.team(), lists=form.lines(),
            )  # fmt: skip
            for slot, file in form.uploads():
                application.attach(slot, chunks=file.chunks(), name=file.name, by=request.person)
            if (removed := number(request.POST.get("remove"))) >= 0:
                application.detach(removed, by=request.person)
    except Overtaken as overtaken:
        now = Project.objects.visible_to(request.person).with_names().get(pk=project.pk)
        form.take_overtaken(now, reader=request.person)
        take_refusal(form, overtaken)
        return False
    except Refused as refused:
        take_refusal(form, refused)
        return False
    return True


@require_GET
def attachment(request: Asked, pk: int, attachment: int) -> FileResponse:
    """A file of the application, for whoever sees the project."""
    kept = get_object_or_404(visible_project(request, pk).application.files(), pk=attachment)
    answer = FileResponse(
        kept.evidence.file.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.evidence.media_type
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _deadline(window: Window | None, place: Organisation) -> str:
    """The window with what is left of it, and for a branch abroad when it ends by the clocks there."""
    if window is None:
        return ""
    shown = display.window("", window, place)
    return f"{window.label}：{shown['text']}，{shown['days_text']}"


@get_or_post
def branch_opinion(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.RECORD_BRANCH_OPINION)
    if project.state != State.DRAFT:
        return redirect("project", pk)
    form = BranchOpinionForm(project.branch, posted(request))
    if request.method == "POST" and form.is_valid():
        verdict = Verdict(project, "agree", form.cleaned_data["opinion"])
        try:
            made = MeetingRecord.enter(
                project.branch, held_on=form.cleaned_data["held_on"], issue=form.cleaned_data["issue"],
                attendance=form.attendance(), verdicts=[verdict], by=request.person,
            )  # fmt: skip
        except Refused as refused:
            take_refusal(form, refused)
        else:
            if isinstance(made, MeetingRecord):
                messages.success(request, "已登记，请书记确认，确认后生效")
                return redirect("meeting-record", made.pk)
            messages.success(request, f"已登记{project.branch.deciding_body}意见")
            return redirect("submission", pk)
    context = {
        "project": project, "form": form, "organ": project.branch.deciding_body, "facts": display.contents(project),
        "phrases": [CONCLUSIONS["agree"]] if project.is_offline else ["同意申报。", "同意申报，请党委审批。", "经研究，同意申报，由支部书记负总责。"],
        "on_behalf": project.owner.name if project.owner and project.owner != request.person else "",
        "back_url": reverse("submission", args=[pk]),
    }  # fmt: skip
    return render(request, "projects/branch_opinion_form.html", context)


@get_or_post
def submission(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.DRAFT)
    if project.state != State.DRAFT:
        return redirect("project", pk)
    form = Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            if "ask" in request.POST:
                project.application.ask_for_confirmation(by=request.person)
            else:
                project.submit(by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            asked = "ask" in request.POST
            messages.success(request, "已请书记确认" if asked else f"已提交申报，下一步由{project.unit.short_name}办理")
            return redirect("project", pk)
    opinion = project.branch_opinion()
    context = {
        "project": project,
        "form": form,
        "missing": [_pointed(request, project, reason) for reason in project.missing_for("submit", by=request.person)],
        "advice": [
            _pointed(request, project, reason) | {"field": None, "other": other}
            for reason, other in application_page.named_in(project.application.advice(), request.person)
        ],
        "good": [f"{opinion.meeting}已于{display.short_day(opinion.meeting.held_on)}研究：{opinion.opinion}"]
        if opinion
        else [],
        "deadline_text": _deadline(project.round.window_at("application", project.branch), project.branch),
        "hands_on": not request.person.can(Ability.SUBMIT, project),
        "receiver_text": project.branch.unit.short_name,
        "edit_url": reverse("application-edit", args=[pk]),
    }
    return render(request, "projects/submit.html", context)


def _pointed(request: Asked, project: Project, reason: Reason) -> dict[str, Any]:
    """A reason with the place where it is put right, and what is done there."""
    url = f"{reverse('application-edit', args=[project.pk])}#field-{reason.field}" if reason.field else ""
    if reason.field == "branch_opinion":
        url = reverse("branch-opinion", args=[project.pk])
        noted = MeetingRecord.objects.visible_to(request.person).waiting().filter(projects=project).first()
        if noted is not None:
            return {"text": reason.text, "url": reverse("meeting-record", args=[noted.pk]), "act": "查看"}
    return {"text": reason.text, "url": url, "act": "填写"}


@get_or_post
def screening(request: Asked, pk: int) -> HttpResponse:
    project = visible_project(request, pk)
    step = project.step
    if not (request.person.can(Ability.SCREEN, project.unit) or (step and step.may_be_taken_by(request.person))):
        raise Http404
    if step is None or step.by_meeting:
        if request.method == "POST":
            messages.error(request, _told(project, request))
        return redirect("project", pk)
    form = OpinionForm(step.question, posted(request), initial={"seen": project.version})
    if project.is_offline:
        form.fields["opinion"].help_text = BLANK
        form.fields["opinion"].widget.attrs["readonly"] = True
    queue = list(todo.to_screen(request.person).values_list("pk", flat=True))
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            made = project.decide(
                request.POST.get("decision", ""), by=request.person, opinion=cleaned["opinion"],
                answer=cleaned.get("answer"), seen=cleaned["seen"],
            )  # fmt: skip
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"“{project.name}”已{made.label}")
            following = _after(queue, pk)
            return redirect("screening", following) if following else redirect("screenings")
    page = project_page.context(project, request.person, "")
    advice = application_page.named_in(project.application.advice(), request.person)
    context = page | {
        "form": form,
        "phrases": [] if project.is_offline else _phrases(step),
        "decisions": [
            {"value": "pass", "label": "通过筛选", "tone": "primary", "icon": "check", "confirm": ""},
            {"value": "return", "label": "退回修改", "tone": "plain", "icon": "corner-up-left", "confirm": ""},
        ],
        "changes": project_page.latest_changes(project),
        "warnings": [str(reason) for reason, _ in advice],
        "others": [other for _, other in advice if other],
        "aside": [move for move in page["moves"] if move["name"] in ("hand_over", "recuse")],
        "queue": _place_in(queue, pk),
        "after_text": f"通过后待{project.unit.deciding_body}研究；退回后支部可以修改再提交。",
    }
    return render(request, "projects/screening_form.html", context)


def _phrases(step: Step) -> list[str]:
    """The unit's own opinions, filled up with ours."""
    return list(dict.fromkeys([*step.usual_opinions(), *PHRASES]))[: len(PHRASES)]


def _after(queue: list[int], pk: int) -> int | None:
    """The next of the queue; after its last one the first, None where nothing else waits."""
    if pk not in queue:
        return None
    at = queue.index(pk)
    return next(iter([*queue[at + 1 :], *queue[:at]]), None)


def _place_in(queue: list[int], pk: int) -> dict[str, str]:
    """Where one stands in the queue, with the ways to its neighbours."""
    if pk not in queue:
        return {}
    at = queue.index(pk)
    return {
        "text": f"待筛选第 {at + 1} 个，共 {len(queue)} 个",
        "previous_url": reverse("screening", args=[queue[at - 1]]) if at else "",
        "next_url": reverse("screening", args=[queue[at + 1]]) if at + 1 < len(queue) else "",
    }


def _told(project: Project, request: Asked) -> str:
    """Why a decision that comes too late is not carried out."""
    return (
        "；".join(str(reason) for reason in project.refusals("pass_screening", by=request.person)) or "这一环节已办结"
    )


@require_GET
def paper(request: Asked, pk: int, paper: str, kind: str) -> HttpResponseBase:
    """A paper as Word, as PDF, or as a page that shows how it will be printed."""
    project = visible_project(request, pk)
    made = papers.paper_of(project, paper)
    if made is None:
        raise Http404
    if kind == "html":
        context = {"sheet": on_screen(made), "project": project, "paper": paper}
        context["may_edit"] = project.state == State.DRAFT and request.person.can(Ability.DRAFT, project)
        return render(request, "parts/paper.html" if request.htmx else "projects/paper_show.html", context)
    return drawn(made, kind, request)
