"""The lookup: one word finds of each kind what one may see, and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dangjian.overview.lookup import EACH, look_up
from tests.cast import Cast, a_draft, a_scheme_notice, a_submitted, an_established
from tests.programmes.test_topic import a_topic


def found(words: str, person: object) -> dict[str, list[str]]:
    return {kind.key: [str(one) for one in kind.found] for kind in look_up(words, person)}  # type: ignore[arg-type]


def test_each_kind_is_found_by_its_own_words(cast: Cast) -> None:
    project = an_established(cast)
    topic, notice = a_topic(cast), a_scheme_notice(cast)
    officer = cast.people.officer
    assert found(project.number, officer) == {"project": [project.name]}
    assert found("空驶率", officer) == {"topic": [topic.title]}
    assert found("〔2022〕38号", officer)["notice"] == [notice.title]
    assert "张建国" in found("张建国", officer)["person"]
    assert found("第一项目部", officer)["organisation"] == ["第一项目部党支部"]
    assert len(found("节能降耗", officer)["meeting"]) == 2


def test_what_one_may_not_see_is_not_found(cast: Cast) -> None:
    a_draft(cast, name="未提交的草稿")
    a_submitted(cast, name="已报的申请")
    a_topic(cast)
    for who in ("foreign_secretary", "staff", "system_admin"):
        assert found("草稿", getattr(cast.people, who)) == {}
        assert found("已报的申请", getattr(cast.people, who)) == {}
        assert found("空驶率", getattr(cast.people, who)) == {}
        assert "person" not in found("张建国", getattr(cast.people, who))
    assert found("未提交的草稿", cast.people.officer) == {}


def test_of_others_only_established_projects_are_found_and_not_by_their_owner(cast: Cast) -> None:
    project = an_established(cast)
    assert found("节能", cast.people.foreign_secretary) == {"other": [project.name]}
    assert found("张建国", cast.people.foreign_secretary) == {}
    assert found(project.number, cast.people.foreign_secretary) == {}


def test_nothing_typed_finds_nothing(cast: Cast) -> None:
    an_established(cast)
    assert look_up("  \x00 ", cast.people.officer) == []


def test_more_than_a_few_are_announced_and_not_counted(cast: Cast) -> None:
    for number in range(EACH + 1):
        a_draft(cast, name=f"找得到{number}")
    (kind,) = look_up("找得到", cast.people.secretary)
    assert (len(kind.found), kind.more) == (EACH, True)


@pytest.mark.parametrize("rows", [1, 6])
def test_as_many_questions_for_six_hits_as_for_one(cast: Cast, rows: int) -> None:
    for number in range(rows):
        a_draft(cast, name=f"找得到{number}")
    cast.people.secretary.offices()  # known in every request before a page asks anything
    with CaptureQueriesContext(connection) as queries:
        look_up("找得到", cast.people.secretary)
    assert len(queries) <= 12
