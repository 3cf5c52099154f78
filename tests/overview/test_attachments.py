"""附件1 to 附件4 as they leave the system, blank and filled: sound for WPS, and whatever was typed is on the paper."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.urls import reverse

from dangjian.agreements import papers as letter_papers
from dangjian.delivery import filing_papers, plan_papers
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_revision import facts_of, plain
from dangjian.foundation import clock
from dangjian.papers import fonts, pdf, word
from dangjian.papers.blocks import ListTable, Paper
from dangjian.papers.fonts import Library
from dangjian.projects import papers
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_filing, a_letter, a_plan, an_established
from tests.papers.reading import opened, pdf_pages, squeezed, word_text
from tests.papers.wps import heads, is_sound

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HARD = "A&B <党> =1+1 䶮𠮷\x07\x0c“甲”{{ 7*7 }} #set"
PRINTED = squeezed(HARD.replace("\x07", "").replace("\x0c", "\n"))
LONG = "逐台核定油耗定额，党员包机到人。" * 300


def _blank(project: Project) -> Iterator[Paper]:
    rules = project.rules
    yield papers.blank_application_form(rules)
    yield letter_papers.blank_letter(rules)
    yield plan_papers.blank_plan(rules)
    yield filing_papers.blank(rules)


def _filled(cast: Cast, project: Project, plan: Plan) -> Iterator[Paper]:
    """Each with the hard text wherever something is typed, and a long one in its longest place."""
    revision = project.revisions.last()
    assert revision is not None
    revision.facts |= {"problem": HARD, "measures": LONG, "expected_goal": HARD, "name": HARD, "branch": HARD}
    revision.save()
    yield papers.application_form(project)
    letter = a_letter(cast, project)
    letter.facts |= {"project": HARD, "unit": HARD, "branch": HARD}
    yield letter_papers.copy_of(letter, 1)
    yield plan_papers.plan_paper(_plan(plan, 3))
    filing = a_filing(cast)
    line = filing.lines[0]
    yield filing_papers.live(
        filing.unit, [SimpleNamespace(told=lambda: tuple([HARD] * len(line.told())), source="")], year="2022", filler=HARD  # type: ignore[list-item]
    )  # fmt: skip


def _plan(plan: Plan, count: int) -> Any:
    """The plan as a revision froze it, with ``count`` tasks and measures, in each the hard text."""
    facts = plain(facts_of(plan))
    for key in ("tasks", "measures"):
        first = facts[key][0]
        facts[key] = [first | {"name": f"{HARD}第{at}项", "place": at} for at in range(1, count + 1)]
    facts |= {"profile": HARD, "background": LONG, "expected": HARD, "name": HARD, "unit": HARD, "enclosures": HARD}
    return SimpleNamespace(
        current=SimpleNamespace(facts=facts, at=clock.now()), project=plan.project, approved_on=clock.today(),
        edited_at=clock.now(), changes=plan.changes, leader=HARD, reference="",
    )  # fmt: skip


@pytest.mark.clause("S-102", "S-110", "S-117", "S-118", "S-119", "S-120", "S-121")
def test_every_attachment_is_sound_and_says_all_that_was_typed(cast: Cast) -> None:
    project = an_established(cast)
    plan = a_plan(cast, project)
    for paper in (*_blank(project), *_filled(cast, project, plan)):
        drawn, printed = word.draw(paper), "".join(pdf_pages(pdf.draw(paper)))
        assert is_sound(drawn), paper.stem
        tables = [block for block in paper.blocks if isinstance(block, ListTable)]
        if tables:
            assert [heads(table) for table in opened(drawn).tables[: len(tables)]] == [
                2 if table.groups else 1 for table in tables
            ]
        if "空白" not in paper.stem:
            assert PRINTED in word_text(drawn), paper.stem
            assert PRINTED in printed, paper.stem
        if LONG in str(paper.blocks):
            assert squeezed(LONG) in word_text(drawn), paper.stem
            assert printed.count("核") >= 300, paper.stem


@pytest.mark.clause("S-40", "S-119")
def test_a_plan_of_a_thousand_tasks_and_measures_is_drawn_whole(cast: Cast) -> None:
    paper = plan_papers.plan_paper(_plan(a_plan(cast), 1_000))
    drawn = word.draw(paper)
    # Read by pdfium: pypdf takes seconds for so many pages.
    pages = [squeezed(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf.draw(paper))]
    assert is_sound(drawn)
    assert sorted(len(table.rows) for table in opened(drawn).tables)[-2:] == [1_001, 1_001]
    said = word_text(drawn)
    for at in (1, 500, 1_000):
        assert said.count(f"{PRINTED}第{at}项") == 2
        assert sum(page.count(f"第{at}项") for page in pages) == 2
    assert sum("措施责任人起止时间" in page for page in pages) > 20
    assert sum("年度任务责任人完成时间" in page for page in pages) > 20


def test_a_character_that_no_font_has_is_named_before_the_paper_is_printed(
    cast: Cast, browse: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = a_draft(cast, name="王𠮷")
    page, officer = reverse("paper", args=[project.pk, "application", "html"]), browse(cast.people.secretary)
    only = Library([Path(settings.BUILD) / "fonts"], system=False)
    monkeypatch.setattr(fonts, "library", lambda: only)
    assert "“𠮷”系统的字体里没有，PDF 上会印成方框" in officer.get(page).content.decode()
    Project.objects.filter(pk=project.pk).update(name="王䶮")
    assert "系统的字体里没有" not in officer.get(page).content.decode()
