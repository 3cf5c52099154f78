"""The plan: list, form, submission, decision, paper."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.delivery import plan_papers, readiness
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_finding import PlanQuerySet
from dangjian.delivery.plan_state import State
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.foundation.search import words_of
from dangjian.people.access import Ability
from dangjian.programmes.procedure import CHECK_AND_SIGN
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.web import display, plan_page
from dangjian.web.asked import asked
from dangjian.web.forms import posted, seen_anew, take_refusal
from dangjian.web.forms.plans import OfflineApprovalForm, PlanDecisionForm, PlanForm, PlanQuery
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.papers import drawn
from dangjian.web.views.projects import own_project, visible_project

get_or_post = require_http_methods(["GET", "POST"])


def _tab(project: Project) -> str:
    return f"{reverse('project', args=[project.pk])}?tab=plan"


def _plan(project: Project, request: Asked) -> Plan:
    """The plan of the project, if it exists for this person."""
    plan = plan_page.seen_plan(project, request.person)
    if plan is None:
        raise Http404
    return plan


@require_GET
def index(request: Asked) -> HttpResponse:
    """Every plan that the person sees, those that wait for the person first."""
    person = request.person
    require(person, "plans")
    form = PlanQuery(request.GET or None)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    mine = request.GET.get("mine") == "1"
    rows = Plan.objects.visible_to(person)
    rows = _narrowed(rows.waiting_for(person) if mine else rows, chosen).with_names().in_order()
    page = page_of(rows, request.GET)
    context = {
        "form": form, "filtered": bool(chosen), "mine": mine,
        "waiting": Plan.objects.visible_to(person).waiting_for(person).count(), "way": _way(),
        "page": page.showing([_line(plan) for plan in page.rows]),
    }  # fmt: skip
    return render(request, "delivery/plan_index.html", context)


def _way() -> str:
    """How a plan of the current year is decided, as its scheme has it."""
    current = Round.current()
    return (current.rules.approvals.plan if current else CHECK_AND_SIGN).told()


def _narrowed(rows: PlanQuerySet, chosen: dict[str, Any]) -> PlanQuerySet:
    for word in words_of(chosen.get("q", "")):
        named = Q(project__name__icontains=word) | Q(project__number__icontains=word)
        rows = rows.filter(named | Q(project__branch__short_name__icontains=word))
    if "standing" in chosen:
        rows = rows.standing(chosen["standing"])
    return rows.late(chosen["late"] == "yes") if "late" in chosen else rows


def _line(plan: Plan) -> dict[str, Any]:
    project = plan.project
    due = f"应于{display.short_day(plan.due_on)}前提交" if plan.due_on else ""
    return plan_page.row(plan) | {
        "url": _tab(project), "name": project.name, "number": project.number, "branch": project.branch.short_name,
        "unit": project.unit.short_name, "owner_name": project.owner.name if project.owner else "", "due_text": due,
    }  # fmt: skip


@get_or_post
def edit(request: Asked, pk: int) -> HttpResponse:
    """The form; where there is no plan yet, the question whether to begin one."""
    project = own_project(request, pk, Ability.DRAFT)
    plan = Plan.of(project)
    if plan is None:
        return _begin(request, project)
    closed = plan.state != State.DRAFT or project.is_offline
    if closed and (request.method != "POST" or request.htmx):
        messages.info(request, f"当前状态为“{plan.waiting_label}”，计划书不能修改")
        return redirect(_tab(project))
    form = PlanForm(plan, posted(request))
    if closed:
        form.take_closed(plan.last_told(request.person))
    saved = request.method == "POST" and form.is_valid() and _saved(request, plan, form)
    shown = {"form": form, "saved": saved, "application": plan, "called": "计划书"} | _sections(plan, form)
    if request.htmx:
        return render(request, "projects/saved.html", shown)
    if saved:
        messages.success(request, "已暂存")
        return redirect("plan-submission" if request.POST.get("next") == "preview" else "plan-edit", pk)
    context = {
        "project": project, "plan": plan_page.head(plan), "returned": plan_page.returned(plan),
        "on_behalf": project.owner.name if project.owner and project.owner != request.person else "",
        "back_url": _tab(project), "saved_text": _saved_text(plan, form),
    }  # fmt: skip
    return render(request, "delivery/plan_form.html", shown | context)


def _begin(request: Asked, project: Project) -> HttpResponse:
    refusals = Plan.beginning_refusals(project, by=request.person)
    if project.is_offline:
        text = "线下管理的项目，计划书在线下编制、审定；这里只登记有计划书，由组织部门登记审定日期。"
    else:
        text = "申请表里的背景、目标、措施、起止时间和成员会带入计划书，不用重填，核对、细化后提交。"
    return asked(
        request, Form(posted(request)), lambda: Plan.begin(project, by=request.person), heading="制定实施计划书",
        text=text, action_label="开始编制", done="已建立计划书，请核对带入的内容", project=project, refusals=refusals,
        back_url=reverse("plan-edit", args=[project.pk]) if request.method == "POST" and not project.is_offline else _tab(project),
    )  # fmt: skip


def _saved(request: Asked, plan: Plan, form: PlanForm) -> bool:
    try:
        plan.fill(form.texts(), by=request.person, seen=form.cleaned_data["seen"], lists=form.lines(), team=form.team())
    except Overtaken as overtaken:
        now = Plan.objects.visible_to(request.person).select_related("edited_by", "edited_for").get(pk=plan.pk)
        form.take_overtaken(now, reader=request.person)
        take_refusal(form, overtaken)
        return False
    except Refused as refused:
        take_refusal(form, refused)
        return False
    return True


def _sections(plan: Plan, form: PlanForm) -> dict[str, Any]:
    """The sections with their fields, and how far they are filled."""
    missing = list(readiness.lacking(plan))
    sections = form.sections(missing)
    minutes = sum(part["minutes"] for part in sections if not part["done"] and not part["optional"])
    text = f"余下必填内容约需 {max(minutes, 1)} 分钟" if missing else "必填内容已填好，可以提交了"
    meter = {"done": sum(part["done"] for part in sections), "total": len(sections), "text": text}
    return {"sections": sections, "meter": meter}


def _saved_text(plan: Plan, form: PlanForm) -> str:
    if form.overtaken_by:
        return f"{form.overtaken_by} 保存过；您输入的还没有保存，核对后再按“暂存”"
    if form.is_closed:
        return "没有保存，您输入的内容留在本机"
    if form.errors:
        return "还没有保存，请先改正"
    return f"{plan.saved_by}保存于 {display.moment(plan.edited_at)}" if plan.edits else ""


@get_or_post
def submission(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.DRAFT)
    plan = _plan(project, request)
    if plan.state != State.DRAFT or project.is_offline:
        _tell_who_was_faster(request, plan)
        return redirect(_tab(project))
    form, asks = Form(posted(request)), "ask" in request.POST
    if request.method == "POST" and form.is_valid():
        try:
            (plan.ask_for_confirmation if asks else plan.hand_in)(by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            done = "已请书记确认" if asks else f"已提交计划书，下一步由{project.unit.short_name}审核"
            messages.success(request, done)
            return redirect(_tab(project))
    context = {
        "project": project, "form": form, "plan": plan_page.head(plan), "edit_url": reverse("plan-edit", args=[pk]),
        "missing": [_pointed(pk, reason) for reason in plan.missing_for("hand_in", by=request.person)],
        "advice": [_pointed(pk, reason) for reason in readiness.advice(plan)],
        "may_submit": request.person.can(Ability.SUBMIT, project), "back_url": _tab(project),
        "may_ask": plan.filled_by_id is not None and plan.asked_at is None and plan.confirmed_at is None,
        "hand_text": plan_page.hand_text(plan), "way": project.rules.approvals.plan.told(),
    }  # fmt: skip
    return render(request, "delivery/plan_submit.html", context)


def _tell_who_was_faster(request: Asked, plan: Plan) -> None:
    """It moved on while one wrote: who did that, and the opinion that was typed, so that nothing vanishes unsaid."""
    if request.method != "POST":
        return
    opinion = request.POST.get("opinion", "").strip()
    typed = f"；您写的意见没有登记，可以复制出来：“{opinion}”" if opinion else ""
    messages.warning(request, f"{plan.last_told(request.person)}，您的操作没有执行{typed}")


def _pointed(pk: int, reason: Reason) -> dict[str, str]:
    """A reason with the place where it is put right."""
    url = f"{reverse('plan-edit', args=[pk])}#field-{reason.field}" if reason.field else ""
    return {"text": reason.text, "url": url}


@get_or_post
def decision(request: Asked, pk: int) -> HttpResponse:
    """The department's check, and the leader's signature or the meeting as the handler records it."""
    project = visible_project(request, pk)
    plan = _plan(project, request)
    step, takes = plan.step, plan.permits(Plan.move_named("pass_check"), request.person)
    if not takes and not request.person.can(Ability.CHECK_PLAN, project.unit):
        raise Http404
    if step is None or not takes:
        _tell_who_was_faster(request, plan)
        return redirect(_tab(project))
    form = PlanDecisionForm(plan, step, posted(request), initial={"seen": plan.version})
    if request.method == "POST" and form.is_valid():
        try:
            made = plan.decide(request.POST.get("decision", ""), by=request.person, **form.told())
        except Refused as refused:
            take_refusal(form, refused)
            seen_anew(form, plan.version)
        else:
            messages.success(request, f"“{project.name}”的计划书已{made.label}")
            return redirect(_tab(project))
    versions = plan_page.versions(plan)
    context = plan_page.contents(plan) | {
        "project": project, "plan": plan_page.head(plan), "form": form, "step": step, "record": plan_page.record(plan),
        "changes": versions[0]["changes"] if versions else [], "approves": "approve" in step.decisions,
        "heading": plan_page.deciding(step), "way": project.rules.approvals.plan.told(after=step.key),
        "back_url": _tab(project), "advice": [str(reason) for reason in readiness.advice(plan) if reason.field],
        "aside": [move for move in plan_page.moves(project, request.person) if move["name"] in ("plan-hand_over", "plan-recuse")],
    }  # fmt: skip
    return render(request, "delivery/plan_decision.html", context)


@get_or_post
def recall(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.SUBMIT)
    plan = _plan(project, request)
    return asked(
        request, Form(posted(request)), lambda: plan.recall(by=request.person), heading="撤回计划书",
        text="撤回后可以修改，再次提交即可。", action_label="撤回", project=project, back_url=_tab(project),
        refusals=plan.refusals("recall", by=request.person),
    )  # fmt: skip


@get_or_post
def offline(request: Asked, pk: int) -> HttpResponse:
    """登记线下审定: the day is all that stands here."""
    project = visible_project(request, pk)
    if not project.is_offline or not request.person.can(Ability.CHECK_PLAN, project.unit):
        raise Http404
    plan = get_object_or_404(Plan.objects.visible_to(request.person), project=project)
    form = OfflineApprovalForm(posted(request))
    return asked(
        request, form, lambda: plan.approve_offline(on=form.cleaned_data["approved_on"], by=request.person),
        heading="登记线下审定", text="只登记审定日期，计划书按保密规定在线下保管。", action_label="登记线下审定",
        project=project, back_url=_tab(project), refusals=plan.refusals("approve_offline", by=request.person),
    )  # fmt: skip


@require_GET
def paper(request: Asked, pk: int, kind: str) -> HttpResponseBase:
    """附件3 as Word or PDF: as it holds now, or with ?approved as it was approved."""
    plan = _plan(visible_project(request, pk), request)
    made = plan_papers.approved_paper(plan) if "approved" in request.GET else plan_papers.plan_paper(plan)
    if made is None:
        raise Http404
    return drawn(made, kind, request)
