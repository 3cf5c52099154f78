"""导入台账: choose a file, look at what would happen, mend it in place, bring it in; and trying that without an account."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.intake.proposal import BATCH, Effect
from dangjian.papers import excel, gate
from dangjian.people.access import Ability
from dangjian.projects.project import Project
from dangjian.web import intake_page
from dangjian.web.batch import one_by_one
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.intake import LedgerForm
from dangjian.web.intake_page import Sheet
from dangjian.web.middleware import Asked
from dangjian.web.number import numbers
from dangjian.web.views.people import required

get_or_post = require_http_methods(["GET", "POST"])
EMPTY = "表头下面没有项目，没有可以导入的内容；请核对文件，填好再传"
TRIALS_A_MINUTE = 6  # from one address
TRIALS_AT_ALL = 30  # a minute, from everywhere


@get_or_post
def intake(request: Asked) -> HttpResponse:
    required(request, Ability.TAKE_OVER)
    form = LedgerForm(posted(request), sent_files(request))
    page = posted(request)
    if page is not None:
        try:
            sheet = Sheet.of_page(page.dict()) if "rows" in page else _sheet(form)
            if sheet is not None:
                return _answered(request, sheet)
        except Refused as refused:
            form.is_valid()
            form.errors.clear()
            take_refusal(form, refused)
    return render(request, "intake/new.html", {"form": form})


def _sheet(form: LedgerForm) -> Sheet | None:
    """What the file holds; None where the form itself has something against it. Raises Refused."""
    if not form.is_valid():
        return None
    sent = form.cleaned_data["file"]
    sheet = Sheet.of_file(sent.name, sent.read(gate.MOST_BYTES + 1))
    if not sheet.lines:
        raise Refused("；".join([EMPTY, *sheet.passed][:4]))
    return sheet


def _answered(request: Asked, sheet: Sheet) -> HttpResponse:
    match request.POST.get("act"):
        case "problems":
            return _problems(request, sheet)
        case "import":
            done = sheet.proposal(request.person).take()
            left = [fate.line for fate in done if fate.effect is Effect.WRONG]
            sheet.lines = left + sheet.lines[len(done) :]
            context: dict[str, Any] = {
                "done": intake_page.outcome(done),
                "counts_done": intake_page.counted(done),
                "source": sheet.source,
                "made": [fate.project.pk for fate in done if fate.effect is Effect.NEW and fate.project],
                "kept": intake_page.kept(done),
                "passed": sheet.passed,
            }
            if sheet.lines:
                context |= intake_page.preview(sheet, request.person)
            return render(request, "intake/done.html", context)
    return render(request, "intake/preview.html", intake_page.preview(sheet, request.person))


@require_POST
def withdrawal(request: Asked) -> HttpResponse:
    """撤回本次新增的: each project of a batch in a transaction of its own; one on which work went on says so."""
    required(request, Ability.TAKE_OVER)
    chosen = numbers(request.POST.getlist("projects"))[:BATCH]
    found = Project.objects.visible_to(request.person).filter(pk__in=chosen).order_by("pk")

    def taken_out(project: Project) -> str:
        project.withdraw_past(by=request.person)
        return "已撤回补录"

    results = one_by_one(found.select_related("round", "scheme", "branch", "taking_over"), taken_out)
    return render(request, "intake/withdrawn.html", {"results": results})


def _problems(request: Asked, sheet: Sheet) -> HttpResponse:
    widths = {"位置": 18, "项目名称": 36, "栏目": 12, "内容": 30, "类别": 10, "说明": 46}
    rows = intake_page.problems(sheet.proposal(request.person).fates(), sheet.passed)
    drawn = excel.draw(
        excel.Sheet(
            "导入问题清单",
            [excel.Column(label, width) for label, width in widths.items()],
            rows,
            lead=f"{sheet.source}，{clock.now():%Y-%m-%d %H:%M} 检查，共 {len(rows)} 处",
        )
    )
    answer = HttpResponse(drawn, content_type=excel.MEDIA_TYPE)
    answer["Content-Disposition"] = content_disposition_header(True, "导入问题清单.xlsx") or "attachment"
    return answer


@login_not_required
@get_or_post
def trial(request: HttpRequest) -> HttpResponse:
    """试用，不保存: what the reader makes of a file. Guarded as any file is, and no more than a few a minute."""
    if not settings.TRIAL:
        raise Http404
    form = LedgerForm(posted(request), sent_files(request))
    if request.method == "POST":
        try:
            _count(request.META.get("REMOTE_ADDR", ""))
            sheet = _sheet(form)
            if sheet is not None:
                return render(request, "intake/tried.html", intake_page.tried(sheet))
        except Refused as refused:
            take_refusal(form, refused)
    return render(request, "intake/trial.html", {"form": form})


def _count(address: str) -> None:
    """Refuse whoever tries too often. Counted in the memory of the server process, kept for a minute."""
    for key, most in ((f"trial-{address}", TRIALS_A_MINUTE), ("trial", TRIALS_AT_ALL)):
        cache.add(key, 0, timeout=60)
        try:
            tried = cache.incr(key)
        except ValueError:  # it ran out between the two
            tried = 1
        if tried > most:
            raise Refused("试用太频繁，请一分钟后再试")
