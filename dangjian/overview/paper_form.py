"""The replaceable forms (可换模板的文书): the papers whose Word file may follow a template of the company's own.

The letter (附件2) is none of them: it is signed, and its text is what the scheme says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dangjian.delivery import filing_papers, plan_papers
from dangjian.delivery.filing import Filing
from dangjian.delivery.plan import Plan
from dangjian.papers import placeholder, word
from dangjian.papers.blocks import Paper
from dangjian.papers.placeholder import Names
from dangjian.programmes.scheme import Scheme, read, source_plan_text
from dangjian.projects import papers
from dangjian.projects.filed import FilingState
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from dangjian.projects.state import State

Newest = Callable[[Any], Paper | None]


@dataclass(frozen=True)
class PaperForm:
    """``every_block`` describes the paper with nothing filled in; ``newest`` is the last one that a person may see."""

    key: str
    label: str
    every_block: Callable[[Scheme], Paper]
    newest: Newest

    def whole(self) -> Paper:
        return self.every_block(read(source_plan_text()))

    def ours(self) -> bytes:
        """Our own form as a Word file with placeholders, to begin from."""
        return _drawn(self.key)

    @property
    def file_name(self) -> str:
        return replace(self.whole(), stem=f"{self.label} 模板").file_name("docx")

    @property
    def names(self) -> Names:
        return _names(self.key)


def _application(person: Any) -> Paper | None:
    seen = Project.objects.visible_to(person).exclude(state=State.DRAFT).filter(is_offline=False)
    found = seen.order_by("-pk").first()
    return papers.application_form(found) if found else None


def _notice(person: Any) -> Paper | None:
    seen = Meeting.objects.visible_to(person).filter(resolutions__decision="establish").order_by("-pk")
    found = next((meeting for meeting in seen[:10] if meeting.established().exists()), None)
    return papers.establishment_notice(found) if found else None


def _plan(person: Any) -> Paper | None:
    seen = Plan.objects.visible_to(person).exclude(state="draft").filter(project__is_offline=False)
    found = seen.order_by("-pk").first()
    return plan_papers.plan_paper(found) if found else None


def _filings(person: Any) -> Any:
    named = Filing.objects.visible_to(person).select_related(
        "unit", "round", "by", "on_behalf_of", "received_by", "received_for"
    )
    return named.order_by("-pk")


def _filing(person: Any) -> Paper | None:
    found = _filings(person).first()
    return filing_papers.of_filing(found) if found else None


def _receipt(person: Any) -> Paper | None:
    found = _filings(person).filter(received_at__isnull=False).with_line(FilingState.RECORDED).first()
    return filing_papers.receipt(found) if found else None


FORMS: dict[str, PaperForm] = {
    form.key: form
    for form in (
        PaperForm("application", "附件1 项目申请表", papers.every_block_of_application, _application),
        PaperForm("plan", "附件3 实施计划书", plan_papers.every_block, _plan),
        PaperForm("filing", "附件4 项目汇总表", filing_papers.every_block, _filing),
        PaperForm("notice", "立项通知", papers.every_block_of_notice, _notice),
        PaperForm("receipt", "备案回执", filing_papers.every_block_of_receipt, _receipt),
    )
}


@lru_cache
def _names(key: str) -> Names:
    return placeholder.names_of(FORMS[key].whole())


@lru_cache
def _drawn(key: str) -> bytes:
    return word.draw(placeholder.template_of(FORMS[key].whole()))
