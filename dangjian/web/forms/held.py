"""Files of a form (表单文件): sent in pieces before the form, or with it; held on the server until the form is done with.

A file field is a ``HeldField``; ``hold`` says whose files and for what place, and ``parts/field.html`` lists what is
there already. The cleaned value is a list of whole uploads. Once the verb has used them, ``drop`` takes them away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.upload import Upload
from dangjian.people.person import Person
from dangjian.web import display
from dangjian.web.forms import FilesInput
from dangjian.web.number import numbers

_PLACE = re.compile(r"(scans|photo|file|scan_[12]|(committee|branch)_file)(-[A-Za-z0-9.-]{1,30})?")
"""The name of the field, and which form of the person's it is."""


def is_place(text: str) -> bool:
    return _PLACE.fullmatch(text) is not None


def field_of(place: str) -> str:
    """The field for which a file at this place waits."""
    return place.partition("-")[0]


class HeldInput(FilesInput):
    """What was chosen, and which of the files listed beside it are wanted."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        sent = files.getlist(name) if hasattr(files, "getlist") else []
        return {"sent": sent, **{kind: _numbers(data, f"{name}-{kind}") for kind in ("listed", "held")}}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        """A file that is held already need not be chosen again."""
        return False


def _numbers(data: Any, name: str) -> list[int]:
    return numbers(data.getlist(name) if hasattr(data, "getlist") else [])


class HeldField(forms.FileField):
    """``most`` files at once, or any number."""

    widget = HeldInput
    person: Person
    place: str

    def __init__(self, *, accept: str = ".pdf,.jpg,.jpeg,.png", most: int | None = None, **kwargs: Any) -> None:
        super().__init__(widget=HeldInput(attrs={"accept": accept}), **kwargs)
        if most == 1:
            self.widget.attrs.pop("multiple", None)
        self.most = most
        self.error_messages["required"] = "请选择文件"

    def held(self) -> list[dict[str, Any]]:
        """What waits on the server for this field, for the page."""
        return [shown(upload) for upload in Upload.objects.visible_to(self.person).held_for(self.place)]

    def clean(self, data: Any, initial: Any = None) -> Any:
        try:
            sent = [self._received(each) for each in data["sent"]]
        except Refused as refused:
            raise forms.ValidationError([reason.text for reason in refused.reasons]) from refused
        if same := _same(data["sent"], sent):
            raise forms.ValidationError(same)
        held = list(Upload.objects.visible_to(self.person).held_for(self.place))
        drop(each for each in held if each.pk in data["listed"] and each.pk not in {*data["held"], *sent})
        wanted = [each for each in held if each.pk in {*data["held"], *sent}]
        if self.required and not wanted:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if self.most is not None and len(wanted) > self.most:
            raise forms.ValidationError(f"只能选 {self.most} 个文件，请去掉其余的")
        return wanted

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data["sent"] or data["held"])

    def _received(self, sent: Any) -> int:
        """The number of the file, once it is held. Raises Refused with the name of the file."""
        file = super().clean(sent)
        try:
            return Upload.receive(self.person, self.place, chunks=file.chunks(), name=file.name).pk
        except Refused as refused:
            raise Refused(*(f"“{file.name}”：{reason.text}" for reason in refused.reasons)) from refused


def _same(files: list[Any], uploads: list[int]) -> list[str]:
    """What is told of files that were chosen together and hold the same: one of them is kept."""
    first: dict[int, str] = {}
    told = []
    for file, upload in zip(files, uploads, strict=True):
        if upload in first:
            told.append(f"“{file.name}”和“{first[upload]}”内容相同，只留一份；核对后请再提交")
        first.setdefault(upload, file.name)
    return told


def hold(form: forms.BaseForm, name: str, person: Person, which: str = "") -> None:
    """Say whose files the field takes, and where a person has several such forms for which of them they are."""
    field: Any = form.fields[name]
    field.person, field.place = person, f"{name}-{which}" if which else name
    field.widget.attrs["data-upload"] = field.place


def shown(upload: Upload) -> dict[str, Any]:
    """For ``parts/held.html``."""
    return {"pk": upload.pk, "name": upload.name, "size_text": display.size_text(upload.size), "sha256": upload.sha256}


def drop(uploads: Iterable[Upload]) -> None:
    """The form is done with these files."""
    for upload in uploads:
        upload.drop()


def one(uploads: list[Upload], chunks: str, name: str) -> dict[str, Any]:
    """What a verb is told of the one file of a field, under the names it has for it; nothing where there is none."""
    return {chunks: uploads[0].chunks(), name: uploads[0].name} if uploads else {}
