"""Forms of filing: handing the table in, answering its lines, and the query of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_moves import MOST_PHONE
from dangjian.delivery.filing_row import MOST_REASON, FilingRow
from dangjian.delivery.filing_state import State
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState
from dangjian.web.forms import Line, Words, starred


class HandInForm(forms.Form):
    """What the table does not know by itself: a telephone number, and what was corrected where a line came back."""

    phone = Line(label="联系电话", max_length=MOST_PHONE, required=False, help_text="印在表头，以后每版沿用")
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, unit: Organisation, round: Round, *args: Any, **kwargs: Any) -> None:
        former = Filing.standing(unit, round)
        known = (
            {"phone": former.phone, "seen": former.number} if former else {"phone": Filing.phone_of(unit), "seen": 0}
        )
        super().__init__(*args, **{"initial": known} | kwargs)
        phone: Any = self["phone"]
        phone.star = True
        self.returned: list[FilingRow] = list(former.rows.filter(state=FilingState.RETURNED)) if former else []
        for row in self.returned:
            self.fields[f"explanation_{row.project_id}"] = Words(
                label=f"“{row.line.name}”补正说明", required=False, max_length=MOST_REASON,
                widget=forms.Textarea(attrs={"rows": 2}), help_text=f"退回理由：{row.reason.rstrip('。')}。目标、措施在项目的计划书里改，改后自动更新；没有改动的必须写明说明",
            )  # fmt: skip

    def explanations(self) -> dict[int, str]:
        return {row.project_id: self.cleaned_data[f"explanation_{row.project_id}"] for row in self.returned}


class PhoneForm(forms.Form):
    phone = Line(label="联系电话", max_length=MOST_PHONE, required=False, help_text="印在表头，以后每版沿用")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starred(self, "phone")


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    def label_from_instance(self, obj: FilingRow) -> str:
        return obj.line.name


class AnswerForm(forms.Form):
    """Chosen lines and what the company answers to them; a line goes back for its own reason, or for the common one."""

    rows = RowsField(FilingRow.objects.none(), label="项目", required=False)
    reason = Words(
        label="共同的退回理由", required=False, max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": "共同的退回理由，单独写了理由的项目除外"}),
    )  # fmt: skip
    decision = forms.ChoiceField(choices=[("record", "已备案"), ("return", "退回补正"), ("all", "全部备案")])
    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(self, rows: QuerySet[FilingRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rows"].queryset = rows  # type: ignore[attr-defined]
        self._all = list(rows)
        self._waiting = {f"reason_{row.pk}": row for row in self._all if row.state == FilingState.WAITING}
        for name in self._waiting:
            self.fields[name] = Words(
                label="退回理由", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 2})
            )

    def clean(self) -> dict[str, Any] | None:
        """No reason is lost unsaid: who wrote one to a line that is not going back is asked what is meant."""
        cleaned: dict[str, Any] = super().clean() or {}
        goes_back = set(cleaned.get("rows", ())) if cleaned.get("decision") == "return" else set()
        for name, row in self._waiting.items():
            if cleaned.get(name) and row not in goes_back:
                self.add_error(name, f"“{row}”写了退回理由，请选中后点“选中的退回补正”，或清空理由")
        return cleaned

    def reasons(self) -> dict[int, str]:
        """Why each chosen line goes back."""
        told = self.cleaned_data
        return {row.pk: told.get(f"reason_{row.pk}") or told["reason"] for row in told["rows"]}

    def own_reason(self, row: FilingRow) -> forms.BoundField | None:
        """The box for the line's own reason; none where it was answered."""
        return self[f"reason_{row.pk}"] if f"reason_{row.pk}" in self._waiting else None

    def left(self, *, closed: bool) -> list[dict[str, str]]:
        """What was typed for lines that were answered meanwhile, by label and value; all of it where the version is
        ``closed`` and has no boxes any more."""
        told = [
            (f"“{row}”的退回理由", self.data.get(f"reason_{row.pk}", ""))
            for row in self._all
            if closed or f"reason_{row.pk}" not in self._waiting
        ]
        if closed:
            told.append((str(self["reason"].label), self.data.get("reason", "")))
        return [{"label": label, "value": value.strip()} for label, value in told if value.strip()]

    def ticked(self) -> set[str]:
        return set(self.data.getlist("rows")) if self.is_bound else set()  # type: ignore[attr-defined]


class BatchForm(forms.Form):
    """Several tables whose waiting lines are recorded at once."""

    filings = forms.ModelMultipleChoiceField(
        Filing.objects.none(), label="单位", error_messages={"required": "请先选中要备案的单位"}
    )

    def __init__(self, filings: QuerySet[Filing], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["filings"].queryset = filings  # type: ignore[attr-defined]


class FilingQuery(forms.Form):
    q = forms.CharField(label="单位", required=False, max_length=40)
    year = forms.ChoiceField(label="年度", required=False)
    state = forms.ChoiceField(
        label="状态", required=False,
        choices=[("", "全部"), ("waiting", "有待备案"), ("returned", "有退回补正"), (State.SETTLED, State.SETTLED.label)],
    )  # fmt: skip
    late = forms.ChoiceField(label="迟报", required=False, choices=[("", "全部"), ("yes", "迟报"), ("no", "按时")])

    def __init__(self, years: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "全部"), *((str(year), f"{year}年度") for year in years)]  # type: ignore[attr-defined]
