"""The paper template (文书模板): a paper's Word form as the company edited it, and from when on which form is in force.

A version is never changed. What is in force is a log of choices: a paper that was issued follows the one of that
moment for ever, a new choice touches only what is issued after it. None chosen, or ours again: the built-in form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, sandbox
from dangjian.foundation.evidence import clean_name
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.overview.paper_form import FORMS, PaperForm
from dangjian.papers import face, office, official, placeholder, template, word
from dangjian.papers.blocks import Paper
from dangjian.people.access import Ability, demand
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person

Told = Mapping[str, str | list[dict[str, str]]]


class PaperTemplateQuerySet(models.QuerySet["PaperTemplate"]):
    def visible_to(self, person: Any) -> Self:
        """Those who may replace templates see them; the papers themselves are for everybody who sees their project."""
        return self if person.can(Ability.KEEP_TEMPLATES, _company()) else self.none()


class PaperTemplate(Acted):
    """One uploaded version of one form."""

    form = models.CharField("文书", max_length=20)
    number = models.PositiveIntegerField("版次")
    name = models.CharField("文件名", max_length=140)
    note = models.CharField("修改说明", max_length=200, blank=True)
    file = models.BinaryField("模板文件")
    unused = models.JSONField("未用的占位符", default=list)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    objects = PaperTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "文书模板"
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="paper_template_once")]

    def __str__(self) -> str:
        return f"{FORMS[self.form].label}模板第{self.number}版"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Refused("模板上传后不能修改，请上传新的一版")
        super().save(*args, **kwargs)

    # Questions

    @property
    def version_text(self) -> str:
        return f"第{self.number}版"

    def preview(self, kind: str, *, person: Any, real: bool) -> bytes | None:
        """The newest paper that the person may see on this template, or every name in its place; None where there is none."""
        form = FORMS[self.form]
        paper = form.newest(person) if real else None
        if real and paper is None:
            return None
        printed = face.named(paper, person.name) if paper else form.whole()
        made = self._filled(printed, placeholder.told(printed) if paper else placeholder.sample(form.names))
        return made if kind == "docx" else office.pdf_of(made)

    # Verbs

    @classmethod
    @transaction.atomic
    def take(cls, form: PaperForm, data: bytes, *, name: str, note: str = "", by: Any) -> PaperTemplate:
        """Look an edited file through and keep it as the next version. Raises Refused at ``file`` with all that is wrong."""
        demand(by, Ability.KEEP_TEMPLATES, _company())
        unused = _looked_through(form, data)
        last = cls.objects.filter(form=form.key).order_by("-number").first()
        made = cls.objects.create(
            form=form.key, number=last.number + 1 if last else 1, name=clean_name(name), note=note, file=data,
            unused=unused, by_id=by.pk, on_behalf_of=by.acting_for(Ability.KEEP_TEMPLATES, _company()), at=clock.now(),
        )  # fmt: skip
        details = {"form": made.form, "number": made.number}
        audit.record("paper_template.take", made, by=by, on_behalf_of=made.on_behalf_of, details=details)
        return made

    @transaction.atomic
    def adopt(self, *, by: Any) -> TemplateUse:
        """Put this version in force for what is issued from now on; an earlier one may come back this way."""
        return TemplateUse.choose(self.form, self, by=by)

    # Private

    def _filled(self, paper: Paper, told: Told) -> bytes:
        """The Word file. Raises Refused where the template cannot be filled any more."""
        whole = {**placeholder.empty(FORMS[self.form].names), **_printable(told)}
        try:
            filled = sandbox.read(template.fill, bytes(self.file), options={"told": whole})
        except sandbox.Unreadable as wrong:
            raise Refused(f"模板填不进去：{wrong}") from wrong
        return word.finished(bytes(filled), paper)


class TemplateUse(Acted):
    """That from a moment on a form follows a template; without one, the built-in form."""

    form = models.CharField("文书", max_length=20)
    template = models.ForeignKey(PaperTemplate, models.PROTECT, null=True, related_name="uses", verbose_name="文书模板")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("启用时间")

    class Meta:
        verbose_name = "模板启用"
        indexes = [models.Index(fields=["form", "at"], name="template_use_form")]

    def __str__(self) -> str:
        return f"{FORMS[self.form].label}启用{self.template.version_text if self.template else '系统自带样式'}"

    @classmethod
    def standing(cls, form: str, at: datetime | None = None) -> TemplateUse | None:
        """The choice in force at the moment, or now; None before any was made."""
        chosen = cls.objects.filter(form=form, **({"at__lte": at} if at else {}))
        return chosen.order_by("-at", "-pk").select_related("template", "by", "on_behalf_of").first()

    @classmethod
    @transaction.atomic
    def choose(cls, form: str, chosen: PaperTemplate | None, *, by: Any) -> TemplateUse:
        """Let a template, or with None the built-in form, be in force from now on."""
        demand(by, Ability.KEEP_TEMPLATES, _company())
        standing = cls.standing(form)
        if (standing.template_id if standing else None) == (chosen.pk if chosen else None):
            raise Refused(f"{FORMS[form].label}现在用的就是{chosen.version_text if chosen else '系统自带样式'}")
        made = cls.objects.create(
            form=form, template=chosen, by_id=by.pk, at=clock.now(),
            on_behalf_of=by.acting_for(Ability.KEEP_TEMPLATES, _company()),
        )  # fmt: skip
        action = "paper_template.adopt" if chosen else "template_use.restore"
        audit.record(
            action, made, by=by, on_behalf_of=made.on_behalf_of,
            details={"form": form, "number": chosen.number if chosen else 0},
        )  # fmt: skip
        return made


def drawn(paper: Paper, kind: str, *, by: str) -> tuple[bytes, str]:
    """The file and its media type: on the template that was in force when the paper was issued, else the built-in form.

    PDF follows a template only through LibreOffice; without it, or should it fail, PDF keeps the built-in form.
    """
    use = TemplateUse.standing(paper.form, paper.issued_at) if paper.form else None
    if use is None or use.template is None or (kind == "pdf" and not office.is_on()):
        return face.drawn(paper, kind, by=by)
    printed = face.named(paper, by)
    filled = use.template._filled(printed, placeholder.told(printed))
    made = office.pdf_of(filled) if kind == "pdf" else filled
    return (made, face.FACES[kind][1]) if made else face.drawn(paper, kind, by=by)


def _company() -> Organisation:
    return Organisation.objects.get(parent=None)


def _looked_through(form: PaperForm, data: bytes) -> list[str]:
    """The names that the template leaves out and may. Raises Refused with every fault, each where it stands."""
    names = form.names
    options = {"names": names.all, "lists": list(names.lists), "required": names.required}
    try:
        found = sandbox.read(template.check, data, options=options)
    except sandbox.Unreadable as wrong:
        raise Refused(Reason(str(wrong), "file")) from wrong
    if found["wrong"] and (other := _other_form(form, found["said"])):
        raise Refused(Reason(f"这是{other.label}的模板，请到“{other.label}”那里上传；这里换的是{form.label}", "file"))
    if found["wrong"]:
        more = [f"另有 {found['more']} 处"] if found["more"] else []
        raise Refused(*(Reason(text, "file") for text in (*found["wrong"], *more)))
    return list(found["unused"])


def _other_form(form: PaperForm, said: Collection[str]) -> PaperForm | None:
    """The paper that a template is plainly of, where it is not of the one it was sent in for: it knows nearly all its names."""
    known = {key: len(set(said) & set(each.names.all)) for key, each in FORMS.items()}
    best = max(known, key=lambda key: known[key])
    plainly = known[best] > known[form.key] and known[best] * 5 >= len(said) * 4
    return FORMS[best] if plainly else None


def _printable(told: Any) -> Any:
    if isinstance(told, str):
        return official.printable(told)
    if isinstance(told, Mapping):
        return {name: _printable(value) for name, value in told.items()}
    return [_printable(each) for each in told]
