"""Forms check shape; verbs check right, state and rules."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict

from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.plain_text import plain


class Uncut:
    """A text whose box takes whatever is pasted: the page counts, the server refuses, nothing is cut off."""

    max_length: int | None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"data-most": self.max_length} if self.max_length else {}


class Line(Uncut, forms.CharField):
    """A text of one line, also where what was pasted broke it."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).splitlines())


class Words(Uncut, forms.CharField):
    """A long text. A line end counts as one character, as it does in the browser's own counter."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files at once."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        if self.required and not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(each, initial) for each in data or []]


class Asking(forms.Form):
    """Tells what only the verb asks for (`starred`) together with what the form itself finds wrong.

    Of a form in order the verb is asked, and says it in its own sentence.
    """

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.errors:
            for name in self.fields:
                if getattr(self[name], "star", False) and name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, f"请填写{self[name].label}")
        return cleaned


def starred(form: forms.BaseForm, name: str) -> None:
    """Mark a field whose absence the verb refuses, with the verb's own sentence."""
    shown: Any = form[name]
    shown.star = True


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, however little, without the controls that came along; None where the page is only opened."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    for name, values in request.POST.lists():
        sent.setlist(name, [plain(str(value)) for value in values])
    return sent


def sent_files(request: HttpRequest) -> Any:
    """What was uploaded; None where the page is only opened, for files too make a form a filled-in one."""
    return request.FILES if request.method == "POST" else None


def typed(form: forms.BaseForm, fields: Iterable[forms.BoundField] | None = None) -> list[dict[str, str]]:
    """What was filled in, as label and value, for a page that has no field for it any more: to be copied."""
    shown = form.visible_fields() if fields is None else fields
    told = [{"label": str(field.label), "value": _text(field)} for field in shown]
    return [one for one in told if one["value"]]


def _text(field: forms.BoundField) -> str:
    inner: Any = field.field
    if isinstance(inner, forms.FileField):
        return "、".join(file["name"] for file in inner.held()) if hasattr(inner, "held") else ""
    value = str(field.value() or "").strip()
    if value and hasattr(inner, "choices"):
        return next((str(label) for key, label in inner.choices if str(key) == value), value)
    return value


def seen_anew(form: forms.BaseForm, version: int) -> None:
    """The page is drawn as the matter stands now: what was refused as seen on an old page may be decided on this one."""
    data = cast(QueryDict, form.data).copy()
    data["seen"] = str(version)
    form.data = data


def take_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Show each reason of a refusal at its field, or at the top of the form where it has none here."""
    for reason in refused.reasons:
        form.add_error(reason.field if reason.field in form.fields else None, reason.text)
