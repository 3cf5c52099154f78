"""The scheme: reading it, issuing the next version."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.agreements import papers as letter_papers
from dangjian.delivery import filing_papers, plan_papers
from dangjian.delivery.plan import DECISIONS as PLAN_DECISIONS
from dangjian.delivery.plan import Plan
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import Refused
from dangjian.papers import excel
from dangjian.papers.blocks import Paper
from dangjian.people.access import Ability, names_of, roles_with
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import Fault, Scheme, SchemeError, export, read
from dangjian.programmes.scheme_change import changes
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects import papers
from dangjian.web import display
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.programmes import SchemeForm
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached, drawn


def asked_round(request: Asked) -> Round:
    """The year asked for, else the running one."""
    asked = request.GET.get("year", "")
    held = (
        Round.objects.visible_to(request.person).filter(year=int(asked)).select_related("scheme").first()
        if asked.isascii() and asked.isdigit() and len(asked) == 4
        else None
    )
    held = held or Round.current()
    if held is None:
        raise Http404
    return held


def years(request: Asked, shown: Round) -> list[dict[str, Any]]:
    """The years that can be looked at."""
    rounds = Round.objects.visible_to(request.person).newest_first()
    return [{"year": held.year, "active": held.pk == shown.pk} for held in rounds]


@require_GET
def scheme(request: Asked) -> HttpResponse:
    held = asked_round(request)
    rules = held.rules
    context = {
        "scheme": {
            "title": rules.title,
            "issuer": rules.head.issuer,
            "year": held.year,
            "version_text": f"第 {held.scheme.number} 版",
        },
        "windows": _windows(rules),
        "procedures": [
            {"key": "steps", "label": "申报立项步骤", "steps": _steps(rules, "application")},
            *(
                [{"key": "plan-steps", "label": "实施计划审定步骤", "steps": _steps(rules, "plan")}]
                if rules.gates.plan
                else []
            ),
        ],
        "taxonomies": _taxonomies(rules),
        "rubric": _rubric(rules),
        "rubric_total": sum(block.weight for block in rules.appraisal.rubric.blocks),
        "tiers": [
            {"label": tier.label, "share_text": f"{tier.percent.normalize():f}%"}
            for tier in rules.appraisal.award.tiers
        ],
        "rules": _other_rules(rules),
        "years": years(request, held),
        "may_issue": bool(request.person.scopes(Ability.ISSUE_SCHEME)),
        "newer": held.newer_version(),
        "has_changes": held.scheme.number > 1,
    }
    return render(request, "programmes/scheme_show.html", context)


@require_http_methods(["GET", "POST"])
def scheme_changes(request: Asked) -> HttpResponse:
    """What the running version changed; to the company's officer what the next one would, with the button to take it up."""
    held = asked_round(request)
    may_issue = bool(request.person.scopes(Ability.ISSUE_SCHEME))
    newer = held.newer_version() if may_issue else None
    if request.method == "POST":
        if newer is None:
            raise Http404
        try:
            held.take_up(newer, by=request.person)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{held}已启用第{newer.number}版，各支部和单位已收到通知")
            return redirect("scheme")
    shown = newer or held.scheme
    same_year = SchemeVersion.objects.visible_to(request.person).filter(plan_year=held.year)
    before = held.scheme if newer else same_year.filter(number=held.scheme.number - 1).first()
    context = {
        "round": held,
        "before_text": f"第{before.number}版" if before else "",
        "shown_text": f"第{shown.number}版",
        "issued_text": f"{signed(shown.issued_by, shown.issued_for)} {display.moment(shown.issued_at)}发布",
        "changes": changes(before.document, shown.document) if before else [],
        "signing_note": _signing_note(before.document, shown.document) if before else "",
        "newer": newer,
    }
    return render(request, "programmes/scheme_changes.html", context)


def _signing_note(before: Scheme, after: Scheme) -> str:
    """How letters are signed belongs to the version that a project was handed in under, which nobody sees by the switch."""
    if before.letter.electronic == after.letter.electronic:
        return ""
    way = "可以在系统内电子确认责任书" if after.letter.electronic else "责任书只能打印签订"
    return f"新版启用后提交的项目{way}；已经提交的项目仍按提交时的版本签订"


def _windows(rules: Scheme) -> list[dict[str, Any]]:
    return [{"label": window.label, "text": str(window), "hard": window.hard} for window in rules.windows.values()]


def _steps(rules: Scheme, matter: str) -> list[dict[str, Any]]:
    levels = {"branch": "申报支部", "unit": "本单位党委", "company": "公司党委"}
    return [
        {
            "label": step.label,
            "who": f"{levels[step.level]} · {names_of(roles_with(step.ability))}"
            + ("登记会议" if step.meeting else "办理"),
            "decides": " / ".join(_decision(rules, matter, code) for code in step.decisions),
        }
        for step in rules.steps(matter)
    ]


def _decision(rules: Scheme, matter: str, code: str) -> str:
    """What a decision is called: that of a plan as its move is, for 通过 leads it to a leader and not to a meeting."""
    return Plan.move_named(PLAN_DECISIONS[code]).label if matter == "plan" else rules.approvals.decision(code).label


def _taxonomies(rules: Scheme) -> list[dict[str, Any]]:
    shown = []
    for axis in rules.taxonomies:
        if axis.grouped_by:
            upper = rules.axis(axis.grouped_by).items
            entries = [
                {"label": group.label, "children": [item.label for item in axis.items_in(group.code)]}
                for group in upper
            ]
        else:
            entries = [{"label": item.label, "children": []} for item in axis.items]
        shown.append({"label": axis.label, "entries": entries})
    return shown


def _rubric(rules: Scheme) -> list[dict[str, Any]]:
    return [
        {
            "group": block.label,
            "rows": [{"label": i.label, "points": i.weight} for i in block.indicators],
        }
        for block in rules.appraisal.rubric.blocks
    ]


def _other_rules(rules: Scheme) -> list[dict[str, str]]:
    form = rules.application
    return [
        {
            "label": "实施周期",
            "text": f"一般不超过 {form.max_months} 个月；超过的须写明理由和阶段性目标",
        },
        {"label": "项目名称", "text": f"最多 {form.name_max} 字"},
        *([{"label": "责任书", "text": _signing(rules)}] if rules.gates.letter else []),
    ]


def _signing(rules: Scheme) -> str:
    if rules.letter.electronic:
        return "可以由双方书记在系统内电子确认，也可以打印签字盖章、扫描归档"
    return "打印签字盖章、扫描归档；没有启用电子确认"


@require_http_methods(["GET", "POST"])
def new_scheme(request: Asked) -> HttpResponse:
    if not request.person.scopes(Ability.ISSUE_SCHEME):
        raise Http404
    form = SchemeForm(posted(request), sent_files(request))
    faults: list[Fault] = []
    checked: Scheme | None = None
    if request.method == "POST" and form.is_valid():
        try:
            checked = read(_text(request, form))
            if "confirmed" in request.POST:
                issued = _issued(request, form)
                messages.success(request, f"已发布{issued}")
                running = Round.current()
                waits = running is not None and running.newer_version() == issued
                return redirect("scheme-changes" if waits else "scheme")
        except SchemeError as wrong:
            faults, checked = wrong.faults, None
        except Refused as refused:
            take_refusal(form, refused)
    return render(
        request, "programmes/scheme_new.html", _checked(request, form, checked) | {"form": form, "faults": faults}
    )


def _text(request: Asked, form: SchemeForm) -> str:
    """The file's text, or the running scheme's for another year."""
    cleaned = form.cleaned_data
    return str(cleaned["file"] or cleaned["text"] or export(asked_round(request).rules.for_year(cleaned["year"])))


def _checked(request: Asked, form: SchemeForm, scheme: Scheme | None) -> dict[str, Any]:
    """What would be issued, shown before it is."""
    if scheme is None:
        return {"scheme": None}
    running = Round.current()
    notes = [
        f"{scheme.plan_year}年度没有“{rule.label}”的日期，该时限停用"
        for rule in scheme.timetable.windows.undated(scheme.plan_year)
    ]
    if form.cleaned_data["opens"] and running is not None and running.year != scheme.plan_year:
        notes.append(f"{running.year}年度仍在进行；{scheme.plan_year}年度到申报开始之日才成为当前年度")
    issued = SchemeVersion.objects.visible_to(request.person).filter(plan_year=scheme.plan_year)
    before = issued.order_by("-number").first()
    if before is not None and (signing := _signing_note(before.document, scheme)):
        notes.append(signing)
    return {
        "before_text": f"第{before.number}版" if before else "",
        "changes": changes(before.document, scheme) if before else [],
        "scheme": {"title": scheme.title, "year": scheme.plan_year},
        "windows": _windows(scheme),
        "notes": notes,
        "text": _text(request, form),
    }


@transaction.atomic
def _issued(request: Asked, form: SchemeForm) -> SchemeVersion:
    issued = SchemeVersion.issue(_text(request, form), by=request.person)
    if form.cleaned_data["opens"]:
        Round.open(issued, by=request.person)
    return issued


@require_GET
def scheme_file(request: Asked) -> HttpResponse:
    held = asked_round(request)
    answer = HttpResponse(held.scheme.text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="scheme-{held.year}-v{held.scheme.number}.yaml"'
    return answer


_BLANK: dict[str, Callable[[Scheme], Paper]] = {
    "application": papers.blank_application_form,
    "letter": letter_papers.blank_letter,
    "plan": plan_papers.blank_plan,
    "summary": lambda rules: filing_papers.blank(),
}
"""The papers that may be filled in by hand."""


@require_GET
def blank_paper(request: Asked, paper: str, kind: str) -> FileResponse:
    if (paper, kind) == ("summary", "xlsx"):
        name = filing_papers.blank().file_name(kind)
        return attached(excel.draw(filing_papers.blank_sheet()), name, excel.MEDIA_TYPE)
    if paper not in _BLANK:
        raise Http404
    return drawn(_BLANK[paper](asked_round(request).rules), kind, request)
