"""文书模板: our form goes out as Word with placeholders, comes back edited, is looked through, previewed and put in force."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.foundation.lifecycle import Refused
from dangjian.overview.paper_form import FORMS, PaperForm
from dangjian.overview.paper_template import PaperTemplate, TemplateUse
from dangjian.papers import office, placeholder
from dangjian.papers.face import FACES
from dangjian.papers.template import MOST_BYTES
from dangjian.people.access import Ability
from dangjian.web import display
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.paper_templates import PaperTemplateForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached

WORD = FACES["docx"][1]


def _form(request: Asked, key: str) -> PaperForm:
    """A form whose template this person may replace."""
    if key not in FORMS or not request.person.scopes(Ability.KEEP_TEMPLATES):
        raise Http404
    return FORMS[key]


def _template(request: Asked, pk: int) -> PaperTemplate:
    seen = PaperTemplate.objects.visible_to(request.person)
    return get_object_or_404(seen.select_related("by", "on_behalf_of"), pk=pk)


@require_GET
def index(request: Asked) -> HttpResponse:
    """Each form with what it follows now."""
    if not request.person.scopes(Ability.KEEP_TEMPLATES):
        raise Http404
    rows = [{"form": form, "use": _use_text(TemplateUse.standing(form.key))} for form in FORMS.values()]
    return render(request, "overview/paper_templates.html", {"rows": rows, "pdf_follows": office.is_on()})


@require_http_methods(["GET", "POST"])
def form(request: Asked, form: str) -> HttpResponse:
    """Our form to begin from, its placeholders, the upload, and the versions there were."""
    chosen = _form(request, form)
    upload = PaperTemplateForm(posted(request), sent_files(request))
    if request.method == "POST" and upload.is_valid():
        sent = upload.cleaned_data["file"]
        try:
            made = PaperTemplate.take(
                chosen, sent.read(MOST_BYTES + 1), name=sent.name, note=upload.cleaned_data["note"], by=request.person
            )
        except Refused as refused:
            take_refusal(upload, refused)
        else:
            messages.success(request, f"{made.version_text}检查通过，请预览，确认无误后启用")
            return redirect("paper-template", made.pk)
    if upload.errors and "file" not in upload.errors:
        # A template is no file that can be held: what was chosen is gone, though nothing is wrong with it.
        upload.add_error("file", "请重新选择文件")
    use = TemplateUse.standing(form)
    versions = PaperTemplate.objects.visible_to(request.person).filter(form=form).defer("file")
    page = page_of(
        versions.select_related("by", "on_behalf_of").prefetch_related("uses").order_by("-number"), request.GET
    )
    context = {
        "form": upload, "paper": chosen, "use": _use_text(use), "is_replaced": bool(use and use.template_id),
        "names": _names(chosen), "pdf_follows": office.is_on(),
        "page": page.showing([_line(each, use) for each in page.rows]),
    }  # fmt: skip
    return render(request, "overview/paper_form.html", context)


def _names(chosen: PaperForm) -> list[dict[str, Any]]:
    names = chosen.names
    groups = [("文书上的事项", names.facts)]
    groups += [(f"清单“{name}”（写在表格的一行里，有几项印几行）", tuple(f"{name}.{column}" for column in columns)) for name, columns in names.lists.items()]  # fmt: skip
    return [
        {"label": label, "entries": [
            {"text": placeholder.written(name), "optional": name in names.optional} for name in entries
        ]}
        for label, entries in groups
    ]  # fmt: skip


def _line(each: PaperTemplate, use: TemplateUse | None) -> dict[str, Any]:
    in_force = use is not None and use.template_id == each.pk
    state = "正在启用" if in_force else "曾启用" if each.uses.all() else "未启用"
    return {
        "pk": each.pk, "version_text": each.version_text, "name": each.name, "note": each.note, "who": each.who,
        "at_text": display.moment(each.at), "state": "open" if in_force else "draft", "state_text": state,
    }  # fmt: skip


def _use_text(use: TemplateUse | None) -> dict[str, str]:
    """What is in force, by whom and since when."""
    if use is None:
        return {"text": "系统自带样式", "since": ""}
    text = f"{use.template.version_text}（{use.template.name}）" if use.template else "系统自带样式"
    return {"text": text, "since": f"{use.who} {display.moment(use.at)}启用"}


@require_GET
def ours(request: Asked, form: str) -> HttpResponseBase:
    """The built-in form with placeholders, to be edited in Word or WPS."""
    chosen = _form(request, form)
    return attached(chosen.ours(), chosen.file_name, WORD)


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    """One version: what it leaves out, its previews, and the button that puts it in force."""
    version = _template(request, pk)
    paper = FORMS[version.form]
    use = TemplateUse.standing(version.form)
    log = version.uses.select_related("by", "on_behalf_of").order_by("-at", "-pk")[:20]
    context = {
        "version": _line(version, use), "paper": paper, "in_force": bool(use and use.template_id == version.pk),
        "unused": [placeholder.written(name) for name in version.unused], "pdf_follows": office.is_on(),
        "has_real": paper.newest(request.person) is not None, "use": _use_text(use),
        "log": [f"{each.who} {display.moment(each.at)}启用" for each in log],
    }  # fmt: skip
    return render(request, "overview/paper_template.html", context)


@require_GET
def file(request: Asked, pk: int) -> HttpResponseBase:
    """The template as it was uploaded, to be edited further."""
    version = _template(request, pk)
    return attached(bytes(version.file), version.name, WORD)


@require_GET
def preview(request: Asked, pk: int, kind: str) -> HttpResponseBase:
    """The version filled with the newest paper there is (?real), or with every name in its place."""
    version, real = _template(request, pk), "real" in request.GET
    if kind not in FACES or (kind == "pdf" and not office.is_on()):
        raise Http404
    try:
        made = version.preview(kind, person=request.person, real=real)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("paper-template", pk)
    if made is None:
        messages.error(request, "预览没有生成，请稍后再试，或下载 Word 预览")
        return redirect("paper-template", pk)
    name = f"预览 {FORMS[version.form].label}{version.version_text}.{kind}"
    return attached(made, name, FACES[kind][1], inline=kind == "pdf")


@require_POST
def adopt(request: Asked, pk: int) -> HttpResponse:
    """The second step: from now on what is issued follows this version."""
    version = _template(request, pk)
    try:
        version.adopt(by=request.person)
        messages.success(request, f"已启用{version}，此后出具的文书按它印制；已出具的不变")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("paper-form", version.form)


@require_POST
def restore(request: Asked, form: str) -> HttpResponse:
    """Back to the built-in form by one click."""
    chosen = _form(request, form)
    try:
        TemplateUse.choose(form, None, by=request.person)
        messages.success(request, f"{chosen.label}已恢复系统自带样式；以前按模板出具的不变")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("paper-form", form)
