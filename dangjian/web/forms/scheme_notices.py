"""Forms of the scheme notice: issuing it, and passing it on."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.programmes.scheme_notice import MOST_REASON, MOST_TEXT, SchemeNotice
from dangjian.web.forms import Asking, Line, Words, starred


def _file(label: str, *, required: bool) -> forms.FileField:
    return forms.FileField(
        label=label, required=required, help_text="PDF、JPG 或 PNG，不超过 50 MB；不得上传涉密文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )  # fmt: skip


class SchemeNoticeForm(forms.Form):
    """What the scheme already says of itself stands there when the form is opened."""

    title = Line(label="标题", max_length=120)
    number = Line(label="文号", max_length=40, required=False, help_text="没有文号可不填")
    issued_on = forms.DateField(label="印发日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    file = _file("方案文件", required=True)
    text = Words(
        label="通知正文", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="要各单位注意的事，可不填",
    )  # fmt: skip
    addressees = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="收文单位",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个收文单位"},
        help_text="各单位签收后转发给本单位支部；公司直属支部在这里直接发",
    )

    def __init__(self, round: Round, *args: Any, **kwargs: Any) -> None:
        places = SchemeNotice.addressable()
        head = round.rules.head
        known = {
            "title": head.title, "number": head.number or "", "issued_on": head.issued_on or clock.today(),
            "addressees": places,
        }  # fmt: skip
        super().__init__(*args, **{"initial": known} | kwargs)
        self.fields["addressees"].queryset = places  # type: ignore[attr-defined]


class ForwardForm(forms.Form):
    """The branches not reached yet, and what the unit adds."""

    text = Words(
        label="本单位补充要求", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="和公司通知显示在同一页，可不填",
    )  # fmt: skip
    file = _file("本单位文件", required=False)
    branches = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="收文支部",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个支部"},
    )

    def __init__(self, notice: SchemeNotice, unit: Organisation, *args: Any, **kwargs: Any) -> None:
        places = notice.not_reached(unit)
        super().__init__(*args, **{"initial": {"branches": places}} | kwargs)
        self.fields["branches"].queryset = places  # type: ignore[attr-defined]


class RevocationForm(Asking):
    """Why a notice no longer holds, in as many words as an inbox shows."""

    reason = Words(
        label="撤销理由", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starred(self, "reason")
