"""Questions before something happens to a project: 撤回, 放弃申报, 转办, 提请办理, 催办; and the screening queue."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import Plan
from dangjian.foundation.hand import signed
from dangjian.overview import todo
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects import together
from dangjian.projects.highlight import Highlight
from dangjian.projects.next_step import lacking
from dangjian.projects.project import Project
from dangjian.web import display
from dangjian.web.asked import asked
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.projects import HandOverForm, HighlightForm, QueueForm, ReasonForm, RecusalForm, offer_reasons
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.views.projects import own_project, visible_project

get_or_post = require_http_methods(["GET", "POST"])


def _asked(request: Asked, project: Project, form: Form, verb: Callable[[], Any], **shown: Any) -> HttpResponse:
    """The question on a project's own page."""
    return asked(request, form, verb, **{"back_url": reverse("project", args=[project.pk])} | shown, project=project)


@get_or_post
def recall(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.SUBMIT)
    return _asked(
        request,
        project,
        Form(posted(request)),
        lambda: project.recall(by=request.person),
        heading="撤回申报",
        text="撤回后可以修改申请表，再次提交即可。",
        action_label="撤回",
        refusals=project.refusals("recall", by=request.person),
    )


@get_or_post
def withdrawal(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.SUBMIT)
    form = ReasonForm(posted(request))
    offer_reasons(form, project, "withdraw")
    return _asked(
        request,
        project,
        form,
        lambda: project.withdraw(by=request.person, reason=form.cleaned_data["reason"]),
        heading="放弃申报",
        text="放弃后这份申请不能恢复，已填内容仍可查看。",
        action_label="放弃申报",
        action_tone="danger",
        refusals=project.refusals("withdraw", by=request.person),
    )


@get_or_post
def past_withdrawal(request: Asked, pk: int) -> HttpResponse:
    """撤回补录, for whoever brought the project in, or takes that person's place."""
    project = own_project(request, pk, Ability.TAKE_OVER)
    return _asked(
        request,
        project,
        Form(posted(request)),
        lambda: project.withdraw_past(by=request.person),
        heading="撤回补录",
        text="撤回后项目不再计入台账，编号不再使用；改好的台账可以重新导入。",
        action_label="撤回补录",
        action_tone="danger",
        refusals=project.refusals("withdraw_past", by=request.person),
    )


@get_or_post
def receipt(request: Asked, pk: int) -> HttpResponse:
    """签收: the branch signs for the notice of establishment."""
    project = own_project(request, pk, Ability.DRAFT)
    resolution = project.establishment()
    if resolution is None:
        raise Http404
    refusals = (
        []
        if resolution.awaits_receipt
        else [
            f"{signed(resolution.received_by, resolution.received_for)}已于{display.moment(resolution.received_at)}签收"
        ]
    )
    return _asked(
        request,
        project,
        Form(posted(request)),
        lambda: resolution.receive(by=request.person),
        heading="签收立项通知",
        text=f"{resolution.meeting}同意本项目立项，编号 {project.number}。{_next_text(project)}",
        action_label="签收",
        refusals=refusals,
    )


def _next_text(project: Project) -> str:
    steps = "，".join(lacking(project))
    return f"下一步{steps}。" if steps else ""


@get_or_post
def highlight(request: Asked, pk: int) -> HttpResponse:
    """标为亮点, or where the project carries the mark 取消亮点."""
    project = own_project(request, pk, Ability.MARK_HIGHLIGHT)
    mark = project.highlight
    form = ReasonForm(posted(request)) if mark else HighlightForm(project, posted(request))
    if mark:
        by_text = (
            f"{mark.who}{display.moment(mark.at)}标为亮点项目：{mark.reason}。取消后支部不再显示亮点标记，记录保留。"
        )
    return _asked(
        request,
        project,
        form,
        (lambda: mark.take_back(by=request.person, **form.cleaned_data))
        if mark
        else (lambda: Highlight.mark(project, by=request.person, **form.cleaned_data)),
        heading="取消亮点" if mark else "标为亮点项目",
        text=by_text if mark else "标记后支部会收到通知，台账里可以按亮点查找、导出。",
        action_label="取消亮点" if mark else "标为亮点",
        refusals=Highlight.refusals(project, by=request.person),
    )


@get_or_post
def handler(request: Asked, pk: int) -> HttpResponse:
    """转办: give the current step to a colleague."""
    return _passed_on(request, visible_project(request, pk))


@get_or_post
def plan_handler(request: Asked, pk: int) -> HttpResponse:
    return _passed_on(request, _plan(request, pk))


@get_or_post
def change_handler(request: Asked, pk: int) -> HttpResponse:
    return _passed_on(request, _change(request, pk))


def _back(matter: Project | Plan | PlanChange) -> str:
    """Where the matter is handled: a change on its own page, the others on that of the project."""
    if isinstance(matter, PlanChange):
        return reverse("plan-change", args=[matter.pk])
    return reverse("project", args=[matter.dossier.pk])


def _passed_on(request: Asked, matter: Project | Plan | PlanChange) -> HttpResponse:
    step, project = matter.step, matter.dossier
    if step is None or not step.may_be_taken_by(request.person):
        raise Http404
    colleagues = Person.objects.holding(Ability(step.ability), step.organisation).exclude(pk=request.person.pk)
    form = HandOverForm(colleagues.in_order(), posted(request))
    offer_reasons(form, project, "hand_over")
    return _asked(
        request,
        project,
        form,
        lambda: matter.hand_over(to=form.cleaned_data["to"], by=request.person, reason=form.cleaned_data["reason"]),
        back_url=_back(matter),
        heading="转办",
        text=f"“{step.label}”转给同一部门的同事办理，对方会收到通知。",
        action_label="转办",
        refusals=matter.refusals("hand_over", by=request.person)
        or ([] if colleagues else ["本部门没有其他有权办理的同事"]),
    )


@get_or_post
def recusal(request: Asked, pk: int) -> HttpResponse:
    """回避: stand aside from the current step, and say who acts instead."""
    return _stood_aside(request, visible_project(request, pk))


@get_or_post
def plan_recusal(request: Asked, pk: int) -> HttpResponse:
    return _stood_aside(request, _plan(request, pk))


@get_or_post
def change_recusal(request: Asked, pk: int) -> HttpResponse:
    return _stood_aside(request, _change(request, pk))


def _stood_aside(request: Asked, matter: Project | Plan | PlanChange) -> HttpResponse:
    step, project = matter.step, matter.dossier
    if step is None or not step.may_be_taken_by(request.person):
        raise Http404
    stand_ins = matter.stand_ins(request.person)
    form = RecusalForm(stand_ins, posted(request))
    offer_reasons(form, project, "recuse")
    refusals = matter.refusals("recuse", by=request.person)
    return _asked(
        request,
        project,
        form,
        lambda: matter.recuse(by=request.person, **form.cleaned_data),
        back_url=_back(matter),
        heading="回避",
        text="与项目或责任人有利害关系的，应当回避，由代办人办理；回避和原因记入办理过程。",
        action_label="回避",
        refusals=refusals or ([] if stand_ins else ["本部门和上级部门都没有可以代办的同事，请先由安全管理员登记任职"]),
    )


def _change(request: Asked, pk: int) -> PlanChange:
    found: PlanChange = get_object_or_404(PlanChange.objects.visible_to(request.person).with_names(), pk=pk)
    return found


def _plan(request: Asked, pk: int) -> Plan:
    """The plan of a project, if it exists for this person."""
    return get_object_or_404(Plan.objects.visible_to(request.person), project=visible_project(request, pk))


@get_or_post
def plan_reminder(request: Asked, pk: int) -> HttpResponse:
    """提请办理 a plan that waits, upward; 催办 one that is not there yet, downward."""
    project, person = visible_project(request, pk), request.person
    plan = Plan.objects.visible_to(person).filter(project=project).first()
    upward = plan is not None and plan.step is not None and person.can(Ability.SUBMIT, project)
    if not upward and not Plan.may_be_urged(project, by=person):
        raise Http404
    names = "、".join(each.name for each in plan.handlers()) if plan and upward else project.branch.short_name
    return _asked(
        request,
        project,
        Form(posted(request)),
        lambda: plan.ask_to_act(by=person) if plan and upward else Plan.urge(project, by=person),
        heading="提请办理计划书" if upward else "催办计划书",
        text=f"系统将提醒{names}，每天最多一次。",
        action_label="提请办理" if upward else "催办",
    )


@get_or_post
def reminder(request: Asked, pk: int) -> HttpResponse:
    """提请办理 upward from the branch, 催办 downward from the unit."""
    project = visible_project(request, pk)
    upward = project.step is not None and request.person.can(Ability.SUBMIT, project)
    downward = project.is_returned and request.person.can(Ability.SCREEN, project.unit)
    if not upward and not downward:
        raise Http404
    names = "、".join(person.name for person in project.handlers()) if upward else project.branch.short_name
    return _asked(
        request,
        project,
        Form(posted(request)),
        lambda: project.ask_to_act(by=request.person) if upward else project.urge(by=request.person),
        heading="提请办理" if upward else "催办",
        text=f"系统将提醒{names}，每天最多一次。",
        action_label="提请办理" if upward else "催办",
    )


@get_or_post
def queue(request: Asked) -> HttpResponse:
    """Everything that waits for one's screening; several can be passed or sent back at once, each by itself."""
    person = request.person
    if not person.scopes(Ability.SCREEN):
        raise Http404
    waiting = todo.to_screen(person)
    # Whoever was faster is told row by row, so what no longer waits may be chosen too.
    asked = waiting.exclude(approval__current__question="").values_list("approval__current__question", flat=True)
    question = asked.first() or ""
    form = QueueForm(Project.objects.visible_to(person).order_by("submitted_at", "pk"), question, posted(request))
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        results = _decided(form, person)
        form = form if form.errors else QueueForm(waiting, question)
    page = page_of(waiting.with_names().select_related("application"), request.GET)
    ticked = form.ticked()
    shown = page.showing(
        [
            display.row(p)
            | {"problem": p.application.problem, "goal": p.application.expected_goal, "ticked": str(p.pk) in ticked}
            for p in page.rows
        ]
    )
    return render(request, "projects/queue.html", {"form": form, "page": shown, "results": results})


def _decided(form: QueueForm, person: Person) -> list[dict[str, Any]]:
    """What became of each; what is missing for all is told at its field, once."""
    facts, results = dict(form.cleaned_data), []
    for result in together.decided(facts.pop("projects"), facts.pop("decision"), by=person, seen=form.seen(), **facts):
        refused = result.refused
        asked_for = [reason.field for reason in refused.reasons if reason.field in form.fields] if refused else []
        if refused and asked_for:
            if asked_for[0] not in form.errors:
                take_refusal(form, refused)
        else:
            results.append({"name": result.project.name, "text": result.text, "done": refused is None})
    return results
