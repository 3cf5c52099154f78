"""Files of an application on a poor line: sent in pieces, answered as JSON for uploads.js."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.upload import Upload
from dangjian.people.access import Ability
from dangjian.web import application_page
from dangjian.web.middleware import Asked
from dangjian.web.views.projects import own_project


def _number(text: str | None) -> int:
    """A count of bytes; -1 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else -1


def _stands(upload: Upload) -> JsonResponse:
    return JsonResponse({"upload": upload.pk, "received": upload.received})


def _refused(refused: Refused) -> JsonResponse:
    return JsonResponse({"refused": str(refused)}, status=422)


@require_POST
def begin(request: Asked, pk: int) -> HttpResponse:
    """Where a file is to go on: at nothing, or where it stopped."""
    project = own_project(request, pk, Ability.DRAFT)
    asked = request.POST
    try:
        upload = project.application.begin_upload(
            asked.get("slot", ""), name=asked.get("name", ""), size=_number(asked.get("size")),
            sha256=asked.get("sha256", ""), by=request.person,
        )  # fmt: skip
    except Refused as refused:
        return _refused(refused)
    return _stands(upload)


@require_http_methods(["POST", "DELETE"])
def piece(request: Asked, pk: int, upload: int) -> HttpResponse:
    """The next piece, at the byte ``start``; with the last one the file is attached. DELETE: it is no longer wanted."""
    project = own_project(request, pk, Ability.DRAFT)
    held = get_object_or_404(Upload.objects.visible_to(request.person).of(project), pk=upload)
    if request.method == "DELETE":
        held.drop()
        return JsonResponse({})
    try:
        if not held.is_whole:
            held.take(request.body, start=_number(request.GET.get("start")))
        if not held.is_whole:
            return _stands(held)
        made = project.application.finish_upload(held, by=request.person)
    except Overtaken:
        return JsonResponse({"upload": held.pk, "received": held.received}, status=409)
    except Refused as refused:
        held.drop()
        return _refused(refused)
    file = next(file for file in application_page.files(project) if file["pk"] == made.pk)
    return JsonResponse({"file": render_to_string("parts/attached.html", {"file": file}, request)})
