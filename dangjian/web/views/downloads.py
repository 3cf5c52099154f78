"""我的下载: what one asked for that was too long to wait for."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dangjian.foundation import clock
from dangjian.overview.download import KEPT, Download, State
from dangjian.web import display
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.papers import media_type


@require_GET
def index(request: Asked) -> HttpResponse:
    own = Download.objects.visible_to(request.person)
    page = page_of(own.order_by("-asked_at", "-pk"), request.GET)
    context = {
        "page": page.showing([_line(download) for download in page.rows]),
        "waits": own.filter(state=State.QUEUED).exists(),
        "days": KEPT.days,
    }
    return render(request, "overview/downloads.html", context)


def _line(download: Download) -> dict[str, Any]:
    until = clock.local(download.made_at + KEPT).date() if download.made_at else None
    ready = download.state == State.READY
    return {
        "name": download.name, "state": _TONES[download.state], "state_text": download.get_state_display(),
        "asked_text": display.moment(download.asked_at),
        "rows_text": f"{download.rows} {download.counted}，{display.size_text(download.size)}" if download.made_at else "",
        "note": download.reason or (f"{display.short_day(until)}前可以下载" if ready else ""),
        "url": reverse("download-file", args=[download.pk]) if ready else "",
        "list_url": f"{reverse('projects')}?{download.query}" if not ready and download.kind == "projects" else "",
    }  # fmt: skip


_TONES: dict[str, str] = {
    State.QUEUED: "in_approval",
    State.READY: "established",
    State.FAILED: "overdue",
    State.EXPIRED: "archived",
}


@require_GET
def file(request: Asked, pk: int) -> FileResponse:
    download = get_object_or_404(Download.objects.visible_to(request.person), pk=pk, state=State.READY)
    try:
        kept = download.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(kept, as_attachment=True, filename=download.name, content_type=media_type(download.name))
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
