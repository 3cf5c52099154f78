"""Highlight projects: marked by the unit with a reason, taken back with a reason, never marked twice."""

import pytest

from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.projects.highlight import Highlight
from dangjian.projects.project import Project
from tests.cast import Cast, a_screened, an_established
from tests.projects.test_brand import a_brand

pytestmark = pytest.mark.clause("S-08")


def test_the_unit_marks_a_project_and_its_branch_is_told(cast: Cast) -> None:
    project = an_established(cast)
    brand = a_brand(cast)
    Highlight.mark(project, reason="包机降耗，可推广。", brand=brand, by=cast.people.officer)
    mark = Project.objects.get().highlight
    assert (mark.reason, mark.brand, mark.by) == ("包机降耗，可推广。", brand, cast.people.officer)
    assert Notice.objects.filter(person=cast.people.secretary, text__contains="标为亮点项目").count() == 1


def test_taken_back_it_stays_on_record_and_may_be_marked_again(cast: Cast) -> None:
    project = an_established(cast)
    Highlight.mark(project, reason="可推广。", by=cast.people.officer).take_back(reason="已停", by=cast.people.officer)
    assert Project.objects.get().highlight is None
    Highlight.mark(project, reason="又好了。", by=cast.people.colleague)
    assert list(project.highlights.order_by("pk").values_list("end_reason", flat=True)) == ["已停", ""]


@pytest.mark.parametrize("who", ["secretary", "foreign_officer", "leader", "company_officer"])
def test_nobody_else_marks_or_takes_back(cast: Cast, who: str) -> None:
    project, person = an_established(cast), getattr(cast.people, who)
    with pytest.raises(Refused, match="权限"):
        Highlight.mark(project, reason="好。", by=person)
    mark = Highlight.mark(project, reason="好。", by=cast.people.officer)
    with pytest.raises(Refused, match="权限"):
        mark.take_back(reason="不好。", by=person)
    assert Project.objects.get().highlight == mark


def test_a_reason_is_asked_and_the_project_must_be_established(cast: Cast) -> None:
    with pytest.raises(Refused, match="立项以后"):
        Highlight.mark(a_screened(cast), reason="好。", by=cast.people.officer)
    project = an_established(cast)
    with pytest.raises(Refused, match="请写明亮点"):
        Highlight.mark(project, reason=" ", by=cast.people.officer)
    mark = Highlight.mark(project, reason="好。", by=cast.people.officer)
    with pytest.raises(Refused, match="请写明取消的理由"):
        mark.take_back(reason="", by=cast.people.officer)
    with pytest.raises(Refused, match="最多 300 字，现有 301 字") as refused:
        mark.take_back(reason="停" * 301, by=cast.people.officer)
    assert refused.value.reasons[0].field == "reason"
    assert Highlight.objects.get().ended_at is None


def test_whoever_comes_second_is_told(cast: Cast) -> None:
    project = an_established(cast)
    mark = Highlight.mark(project, reason="好。", by=cast.people.officer)
    with pytest.raises(Overtaken, match=cast.people.officer.name):
        Highlight.mark(project, reason="也好。", by=cast.people.colleague)
    stale = Highlight.objects.get()
    mark.take_back(reason="停。", by=cast.people.officer)
    with pytest.raises(Overtaken, match="已被取消"):
        stale.take_back(reason="停。", by=cast.people.colleague)
