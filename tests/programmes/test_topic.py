"""The topic bank: who keeps it, who may take from it, and that nobody has to."""

import pytest

from dangjian.foundation.lifecycle import Refused
from dangjian.programmes.topic import MOST_TEXT, State, Topic
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_submitted

pytestmark = pytest.mark.clause("S-04")


def a_topic(cast: Cast, place: str = "unit", by: str = "officer", **facts: str) -> Topic:
    known = {"kind": "difficult", "title": "隧道出渣车辆空驶率高", "text": "空驶率 32%，希望降到 20% 以下。"} | facts
    return Topic.propose(getattr(cast.places, place), year=2022, by=getattr(cast.people, by), **known)


def take_up(project: Project, topic: Topic | None, cast: Cast) -> None:
    project.application.fill({"bank_topic": topic}, by=cast.people.secretary, seen=project.application.edits)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("secretary", {"unit", "company"}),
        ("staff", set()),
        ("officer", {"unit", "company"}),
        ("foreign_officer", {"other_unit", "company"}),
        ("direct_secretary", {"company"}),
        ("leader", {"unit", "other_unit", "company"}),
    ],
)
def test_one_sees_what_is_kept_above_and_below(cast: Cast, who: str, sees: set[str]) -> None:
    kept = {
        "unit": a_topic(cast),
        "other_unit": a_topic(cast, "other_unit", "foreign_officer"),
        "company": a_topic(cast, "company", "company_officer"),
    }
    found = set(Topic.objects.visible_to(getattr(cast.people, who)))
    assert found == {kept[key] for key in sees}


@pytest.mark.parametrize("who", ["secretary", "foreign_officer", "leader", "staff", "system_admin"])
def test_only_the_unit_s_officer_keeps_its_topics(cast: Cast, who: str) -> None:
    topic, person = a_topic(cast), getattr(cast.people, who)
    for verb in (
        lambda: a_topic(cast, by=who, title="另一个"),
        lambda: topic.amend(kind="key", title="改", by=person),
        lambda: topic.close(by=person),
    ):
        with pytest.raises(Refused, match="权限"):
            verb()
    assert Topic.objects.get().state == State.OPEN


def test_what_is_wrong_with_its_words_is_said_at_the_field(cast: Cast) -> None:
    a_topic(cast)
    for facts, field in (
        ({"title": " "}, "title"),
        ({"title": "隧道出渣车辆  空驶率高"}, None),
        ({"title": "隧道出渣车辆空驶率高"}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"title": "新", "text": "长" * (MOST_TEXT + 1)}, "text"),
        ({"title": "新", "kind": "other"}, "kind"),
    ):
        if field is None:
            assert a_topic(cast, **facts).title == "隧道出渣车辆 空驶率高"
            continue
        with pytest.raises(Refused) as refused:
            a_topic(cast, **facts)
        assert refused.value.reasons[0].field == field, facts


def test_a_branch_takes_up_a_topic_of_its_own_unit_or_lets_it_be(cast: Cast) -> None:
    project, topic = a_draft(cast), a_topic(cast)
    take_up(project, topic, cast)
    assert list(topic.projects.all()) == [project]
    take_up(Project.objects.get(), None, cast)
    assert not topic.projects.exists()


def test_neither_a_closed_topic_nor_another_unit_s_can_be_taken_up(cast: Cast) -> None:
    project, closed = a_draft(cast), a_topic(cast)
    closed.close(by=cast.people.officer, reason="已由公司统一立项")
    for topic in (closed, a_topic(cast, "other_unit", "foreign_officer")):
        with pytest.raises(Refused, match="请另选") as refused:
            take_up(project, topic, cast)
        assert refused.value.reasons[0].field == "bank_topic"


def test_a_topic_closed_afterwards_stays_with_the_project(cast: Cast) -> None:
    project, topic = a_draft(cast), a_topic(cast)
    take_up(project, topic, cast)
    topic.close(by=cast.people.officer)
    take_up(Project.objects.get(), topic, cast)
    assert Project.objects.get().bank_topic == topic
    topic.reopen(by=cast.people.officer)
    assert list(Topic.offered_to([cast.places.branch])) == [topic]


def test_submission_asks_for_no_topic_and_freezes_the_one_chosen(cast: Cast) -> None:
    a_topic(cast)
    project = a_submitted(cast)
    assert project.revisions.get().facts["bank_topic"] == ""
