"""Forms of the stamped scans: handing pages in, and saying where a page belongs that does not say it itself."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.foundation.upload import Upload
from dangjian.papers.scanned import File
from dangjian.people.person import Person
from dangjian.projects.scan_batch import ScanBatch
from dangjian.web.forms import Line
from dangjian.web.forms.held import HeldField, hold

HELP = "PDF、JPG 或 PNG，可多选，每个不超过 50 MB，合计不超过 200 页、100 MB；不得上传涉密文件"


def as_files(uploads: list[Upload]) -> list[File]:
    """What was uploaded, for the reader of scans."""
    return [File(one.name, one.file) for one in uploads]


class ScanForm(forms.Form):
    """The pages of one paper, or of many."""

    scans = HeldField(label="扫描件", help_text=HELP)

    def __init__(self, person: Person, which: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hold(self, "scans", person, which)


class SettleForm(forms.Form):
    """For each waiting page the code of its paper, or that it is not wanted."""

    def __init__(self, batch: ScanBatch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strays = list(batch.strays.all())
        for stray in self.strays:
            self.fields[f"page-{stray.pk}"] = Line(
                label=f"第 {stray.number} 页归到", required=False, max_length=20,
                widget=forms.TextInput(attrs={"list": "open-papers", "placeholder": "选文书，或填纸上编码", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"drop-{stray.pk}"] = forms.BooleanField(label="不归档", required=False)

    def chosen(self) -> dict[int, str]:
        named = {stray.pk: self.cleaned_data[f"page-{stray.pk}"] for stray in self.strays}
        return {pk: code for pk, code in named.items() if code and pk not in self.dropped()}

    def dropped(self) -> list[int]:
        return [stray.pk for stray in self.strays if self.cleaned_data[f"drop-{stray.pk}"]]

    def clean(self) -> None:
        if not self.chosen() and not self.dropped():
            raise forms.ValidationError("请为页面选择文书，或勾选“不归档”")
