"""Forms of the lists."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.overview.box import Box
from dangjian.web.forms import Line
from dangjian.web.forms.people import Day


class SavedViewForm(forms.Form):
    name = Line(label="名称", max_length=20, strip=True, help_text="显示在项目台账上方，如“本单位待筛选”，最多 20 字。")


class BoxQuery(forms.Form):
    """Which part of a box: a kind of its own, and days."""

    kind = forms.ChoiceField(required=False)
    since = Day(label="从", required=False)
    until = Day(label="到", required=False)

    def __init__(self, box: Box, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.label, kind.choices = box.asks, [("", "全部"), *box.kinds.items()]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", "不能早于起始日期")
        return found
