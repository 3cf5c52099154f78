"""Forms of the letter: the query, making many, registering the signing of one or many, custody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from dangjian.agreements.custody import LetterCopy
from dangjian.agreements.letter import MOST_PLACE, Letter
from dangjian.agreements.signature import Authority, Side
from dangjian.agreements.voiding import State
from dangjian.foundation import clock
from dangjian.foundation.evidence import MOST_BYTES, TOO_BIG
from dangjian.foundation.refusal import MOST_REASON
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.projects.together import MOST_AT_ONCE
from dangjian.web.forms import Line, Words, starred, typed
from dangjian.web.forms.held import HeldField, hold, one
from dangjian.web.forms.people import Day
from dangjian.web.forms.scans import HELP as SCANS_HELP


class LetterQuery(forms.Form):
    q = forms.CharField(label="项目、编号、支部", required=False, max_length=60)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *State.choices, ("overdue", "补签已逾期")]
    )
    year = forms.ChoiceField(label="年度", required=False)

    def __init__(self, years: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "全部"), *((str(year), f"{year}年") for year in years)]  # type: ignore[attr-defined]


class CustodyQuery(LetterQuery):
    handed = forms.ChoiceField(
        label="交付", required=False, choices=[("", "全部"), ("no", "有未交付"), ("yes", "都已交付")]
    )
    state = None  # type: ignore[assignment]  # all of them are signed


class _Chosen(forms.Form):
    """Several chosen on a page, at most a hundred."""

    def _checked(self, name: str) -> Any:
        chosen = self.cleaned_data[name]
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(f"一次最多办理 {MOST_AT_ONCE} 个，请分次选择")
        return chosen

    def ticked(self, name: str, opened_for: str = "") -> set[str]:
        """As the page opens, the one it was opened for; afterwards what was sent and nothing else: a tick is what is signed."""
        return set(self.data.getlist(name)) if self.is_bound else {opened_for}  # type: ignore[attr-defined]


class MakeForm(_Chosen):
    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(), label="项目", error_messages={"required": "请至少选择一个项目"}
    )

    def __init__(self, projects: QuerySet[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]

    def clean_projects(self) -> Any:
        return self._checked("projects")


def _signed_on() -> Day:
    return Day(label="签订日期", help_text="纸质责任书上写的日期")


def _place() -> forms.CharField:
    return Line(
        label="签订地点或仪式", required=False, max_length=MOST_PLACE, help_text="如“2022年责任书签订仪式”，可不填"
    )


class CeremonyForm(_Chosen):
    """Many letters signed on one day, as at a ceremony."""

    letters = forms.ModelMultipleChoiceField(
        Letter.objects.none(), label="责任书", error_messages={"required": "请至少选择一份责任书"}
    )
    signed_on, place = _signed_on(), _place()

    def __init__(self, letters: QuerySet[Letter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"signed_on": clock.today()}} | kwargs)
        self.fields["letters"].queryset = letters  # type: ignore[attr-defined]

    def clean_letters(self) -> Any:
        return self._checked("letters")


class ConfirmForm(_Chosen):
    """Letters that a secretary confirms in one sitting."""

    letters = forms.ModelMultipleChoiceField(
        Letter.objects.none(), label="责任书", error_messages={"required": "请至少选择一份责任书"}
    )

    def __init__(self, letters: QuerySet[Letter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letters"].queryset = letters  # type: ignore[attr-defined]

    def clean_letters(self) -> Any:
        return self._checked("letters")


class VerifyForm(forms.Form):
    file = forms.FileField(
        label="电子确认件", widget=forms.FileInput(attrs={"accept": ".pdf"}), help_text="从本系统下载的 PDF；只核验，不保存",
        error_messages={"required": "请选择文件"},
    )  # fmt: skip

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(TOO_BIG)
        return sent


class SigningForm(forms.Form):
    """One letter: when, where, both scans as far as they are not filed, and who signed by a written authority."""

    seldom_label = "由他人受书面委托代签"
    signed_on, place = _signed_on(), _place()

    def __init__(self, letter: Letter, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"signed_on": clock.today()}} | kwargs)
        waits = not letter.project.is_offline
        self.copies = [copy for copy in letter.copies.all() if waits and letter.scan(copy.number) is None]
        for copy in self.copies:
            name = f"scan_{copy.number}"
            self.fields[name] = HeldField(label=f"{copy}扫描件", required=False, help_text=SCANS_HELP)
            hold(self, name, person, str(letter.pk))
        near = Person.objects.filter(Q(organisation=letter.project.unit_id) | Q(organisation=letter.project.branch_id))
        for side in Side:
            self.fields |= _authority_fields(side, near.in_order())
            hold(self, f"{side}_file", person, str(letter.pk))

    @property
    def seldom(self) -> list[forms.BoundField]:
        """What is asked only where a secretary did not sign in person."""
        return [field for field in self if field.name.startswith(tuple(Side))]

    @property
    def usual(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith(tuple(Side))]

    @property
    def seldom_used(self) -> bool:
        return bool(typed(self, self.seldom)) or any(field.errors for field in self.seldom)

    def scans(self) -> dict[int, list[Any]]:
        """What was uploaded for each copy."""
        sent = {copy.number: self.cleaned_data.get(f"scan_{copy.number}") for copy in self.copies}
        return {number: files for number, files in sent.items() if files}

    def uploads(self) -> list[Any]:
        """Everything that was uploaded; of no use any more once the letter is signed."""
        authorities = [file for side in Side for file in self.cleaned_data[f"{side}_file"]]
        return [*authorities, *(file for files in self.scans().values() for file in files)]

    def clean(self) -> None:
        for side in Side:
            person, terms = f"{side}_person", [f"{side}_{name}" for name in ("starts_on", "ends_on", "file")]
            if self.cleaned_data.get(person) is not None:
                for field in terms:
                    if not self.cleaned_data.get(field) and field not in self.errors:
                        self.add_error(field, "由他人签订的，委托期限和委托书都要有")
            elif person not in self.errors and any(self.cleaned_data.get(field) for field in terms):
                # What was filled in is not dropped in silence, with the secretary recorded as having signed.
                self.add_error(person, "已填委托期限或委托书，请选择代签人；书记本人签订的，请清空")

    def authorities(self) -> dict[Side, Authority]:
        """By what authority somebody signed instead of a secretary, where all of it is told."""
        cleaned = self.cleaned_data
        return {
            side: Authority(
                cleaned[f"{side}_person"], cleaned[f"{side}_starts_on"], cleaned[f"{side}_ends_on"],
                **one(cleaned[f"{side}_file"], "file", "file_name"),
            )
            for side in Side
            if cleaned.get(f"{side}_person") is not None and not any(name.startswith(side) for name in self.errors)
        }  # fmt: skip


def _authority_fields(side: Side, people: QuerySet[Person]) -> dict[str, forms.Field]:
    return {
        f"{side}_person": forms.ModelChoiceField(
            people, label=f"{side.label}代签人", required=False, empty_label="书记本人签订",
            help_text="书记本人签订的不用填；受书面委托代签的，选代签人并附委托书",
        ),
        f"{side}_starts_on": Day(label=f"{side.label}委托自", required=False),
        f"{side}_ends_on": Day(label=f"{side.label}委托至", required=False),
        f"{side}_file": HeldField(label=f"{side.label}委托书", required=False, most=1),
    }  # fmt: skip


class LetterReasonForm(forms.Form):
    reason = Words(label="理由", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starred(self, "reason")


class VoidAnswerForm(forms.Form):
    """The answer to a proposal: ``seen`` is the letter's version whose proposal the page showed."""

    reason = Words(
        label="不作废的理由", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="可不填；选“不作废”的，提请人收到通知",
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)


class CustodyForm(forms.Form):
    """Who received one copy, and when; ``corrects`` on a page that showed who was taken down before."""

    to = Line(label="领取人", max_length=40)
    on = Day(label="交付日期")
    corrects = forms.BooleanField(required=False, widget=forms.HiddenInput)


class CopiesForm(_Chosen):
    """Copies handed out at once: each to its own receiver, all on one day."""

    copies = forms.ModelMultipleChoiceField(
        LetterCopy.objects.none(), label="文本", error_messages={"required": "请至少选择一份"}
    )
    on = Day(label="交付日期")

    def __init__(self, copies: QuerySet[LetterCopy], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": clock.today()}} | kwargs)
        self.fields["copies"].queryset = copies  # type: ignore[attr-defined]

    def clean_copies(self) -> Any:
        return self._checked("copies")

    def receiver(self, copy: LetterCopy, usual: str = "") -> str:
        """Who was typed beside the copy, ``usual`` before anything was."""
        return str(self.data.get(f"to-{copy.pk}", usual))
