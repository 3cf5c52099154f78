"""Files on a poor line: sent in pieces, answered as JSON for uploads.js."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.upload import Upload
from dangjian.people.access import Ability
from dangjian.projects.scan_batch import may_send
from dangjian.web import application_page
from dangjian.web.forms import held
from dangjian.web.middleware import Asked
from dangjian.web.number import number
from dangjian.web.views.projects import own_project


def _stands(upload: Upload) -> JsonResponse:
    return JsonResponse({"upload": upload.pk, "received": upload.received})


def _refused(refused: Refused) -> JsonResponse:
    return JsonResponse({"refused": str(refused)}, status=422)


def _begun(start: Callable[..., Upload], asked: QueryDict) -> HttpResponse:
    """Where a file is to go on: at nothing, or where it stopped."""
    known = {
        "name": asked.get("name", ""),
        "size": number(asked.get("size"), digits=15),
        "sha256": asked.get("sha256", ""),
    }
    try:
        return _stands(start(asked.get("slot", ""), **known))
    except Refused as refused:
        return _refused(refused)


def _sent(request: Asked, held: Upload, finish: Callable[[], str]) -> HttpResponse:
    """The next piece, at the byte ``start``; with the last one ``finish`` tells how the page shows the file.

    DELETE: it is no longer wanted.
    """
    if request.method == "DELETE":
        held.drop()
        return JsonResponse({})
    try:
        if not held.is_whole:
            held.take(request.body, start=number(request.GET.get("start"), digits=15))
        if not held.is_whole:
            return _stands(held)
        return JsonResponse({"file": finish()})
    except Overtaken:
        return JsonResponse({"upload": held.pk, "received": held.received}, status=409)
    except Refused as refused:
        held.drop()
        return _refused(refused)


# Files of an application: attached as soon as they are there


@require_POST
def begin(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.DRAFT)
    return _begun(partial(project.application.begin_upload, by=request.person), request.POST)


@require_http_methods(["POST", "DELETE"])
def piece(request: Asked, pk: int, upload: int) -> HttpResponse:
    project = own_project(request, pk, Ability.DRAFT)
    found = get_object_or_404(Upload.objects.visible_to(request.person).of(project), pk=upload)

    def attached() -> str:
        made = project.application.finish_upload(found, by=request.person)
        file = next(file for file in application_page.files(project) if file["pk"] == made.pk)
        return render_to_string("parts/attached.html", {"file": file}, request)

    return _sent(request, found, attached)


# Files of any other form: held until the form is handed in


@require_POST
def begin_held(request: Asked) -> HttpResponse:
    _check_sender(request)
    if not held.is_place(request.POST.get("slot", "")):
        raise Http404
    return _begun(partial(Upload.begin, request.person, by=request.person), request.POST)


@require_http_methods(["POST", "DELETE"])
def held_piece(request: Asked, upload: int) -> HttpResponse:
    _check_sender(request)
    found = get_object_or_404(Upload.objects.visible_to(request.person).of(request.person), pk=upload)

    def kept() -> str:
        found.verify()
        context = {"file": held.shown(found), "name": held.field_of(found.slot)}
        return render_to_string("parts/held.html", context, request)

    return _sent(request, found, kept)


def _check_sender(request: Asked) -> None:
    if not may_send(request.person):
        raise Http404
