"""Forms of 上级临时要表: the blank file, and what goes into each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from dangjian.overview.requested_table import FACTS, RequestedTable


class RequestedTableForm(forms.Form):
    file = forms.FileField(
        label="上级的空表", help_text="只收 .xlsx，Word 表请复制到 Excel 另存；表头下面留空行，下面的签字、说明会保留",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )  # fmt: skip


class MatchForm(forms.Form):
    """A choice for each heading, named by its column; ``told`` is what the facts say of the first project."""

    def __init__(self, table: RequestedTable, *args: Any, told: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers = [("", "不填"), *((fact, _offer(label, (told or {}).get(fact, ""))) for fact, label in FACTS.items())]
        suggested = table.suggested()
        for column, text in table.headings:
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=" ".join(text.split()), required=False, choices=offers,
                initial=suggested[str(column)],
            )  # fmt: skip

    def mapping(self) -> dict[str, str]:
        return {name.removeprefix("column_"): fact for name, fact in self.cleaned_data.items()}


def _offer(label: str, told: str) -> str:
    """起止日期，如 2022.8~2022.12: what would stand there, so that nobody has to guess."""
    said = " ".join(told.split())
    return f"{label}，如 {said[:16]}{'…' if len(said) > 16 else ''}" if said else label
