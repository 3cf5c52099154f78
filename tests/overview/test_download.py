"""下载: asked for, made by the worker once, kept for its owner, deleted after seven days."""

from datetime import timedelta
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import download
from dangjian.overview.download import Download, State, delete_expired, make_waiting
from dangjian.people.person import Person
from tests.cast import Cast


@pytest.fixture(autouse=True)
def makers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three kinds of file: one that is made, one that is refused, one that breaks; and what was asked of them."""
    asked: list[str] = []

    def made(person: Person, query: str) -> tuple[bytes, int]:
        asked.append(query)
        return f"{person.name} {query}".encode(), 3

    def refused(person: Person, query: str) -> tuple[bytes, int]:
        raise Refused("没有可以导出的项目")

    def broken(person: Person, query: str) -> tuple[bytes, int]:
        raise ZeroDivisionError

    for kind, maker in (("made", made), ("refused", refused), ("broken", broken)):
        monkeypatch.setitem(download.MAKERS, kind, maker)
    return asked


def ask(by: Any, kind: str = "made", query: str = "year=2022") -> Download:
    return Download.ask(kind, name="项目台账.xlsx", query=query, by=by)


def told(person: Any) -> list[str]:
    return list(Notice.objects.visible_to(person).values_list("text", flat=True))


def test_what_was_asked_for_is_made_in_order_and_told(cast: Cast, makers: list[str]) -> None:
    second_asked = ask(cast.people.officer)
    with clock.fixed_at("2022-08-24 08:00"):
        first_asked = ask(cast.people.leader, query="state=draft")
    assert make_waiting() == 2
    assert makers == ["state=draft", "year=2022"]
    for made, person in ((first_asked, cast.people.leader), (second_asked, cast.people.officer)):
        made.refresh_from_db()
        assert (made.state, made.rows, made.made_at) == (State.READY, 3, clock.now())
        assert made.file.read_bytes() == f"{person.name} {made.query}".encode()
        assert told(person) == ["“项目台账.xlsx”已做好，共 3 条，请在 7 天内到“我的下载”取走"]
    assert make_waiting() == 0
    assert AuditEntry.objects.get(action="download.make", noun_id=second_asked.pk).details == {
        "count": 3,
        "query": "year=2022",
    }


def test_it_is_its_owner_s_own(cast: Cast) -> None:
    made = ask(cast.people.officer)
    assert Download.objects.visible_to(cast.people.officer).get() == made
    assert not Download.objects.visible_to(cast.people.colleague).exists()


def test_what_is_being_made_is_not_made_twice_and_three_may_wait(cast: Cast) -> None:
    assert ask(cast.people.officer) == ask(cast.people.officer)
    ask(cast.people.officer, query="a=1")
    ask(cast.people.officer, query="a=2")
    with pytest.raises(Refused, match="您已有 3 份正在准备"):
        ask(cast.people.officer, query="a=3")
    make_waiting()
    assert ask(cast.people.officer).state == State.QUEUED


@pytest.mark.parametrize(("kind", "reason"), [("refused", "没有可以导出的项目"), ("broken", "系统出了问题")])
def test_what_cannot_be_made_says_why_and_keeps_nobody_waiting(cast: Cast, kind: str, reason: str) -> None:
    bad, good = ask(cast.people.officer, kind), ask(cast.people.officer)
    assert make_waiting() == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (State.FAILED, State.READY)
    assert bad.reason.startswith(reason)
    assert any(reason in text for text in told(cast.people.officer))


def test_a_dead_worker_s_download_is_taken_over_and_given_up_after_three_attempts(cast: Cast) -> None:
    made = ask(cast.people.officer)
    now = clock.now()
    Download.objects.filter(pk=made.pk).update(started_at=now - timedelta(minutes=14), attempts=1)
    assert make_waiting() == 0
    with clock.fixed_at("2022-08-24 09:02"):
        assert make_waiting() == 1
    made.refresh_from_db()
    assert (made.state, made.attempts) == (State.READY, 2)
    stuck = ask(cast.people.officer, query="stuck")
    Download.objects.filter(pk=stuck.pk).update(started_at=now - timedelta(hours=1), attempts=3)
    make_waiting()
    stuck.refresh_from_db()
    assert (stuck.state, stuck.reason.partition("，")[0]) == (State.FAILED, "几次都没有做成")


def test_who_took_over_ends_it_and_the_late_one_leaves_no_file(cast: Cast, settings: Any) -> None:
    ask(cast.people.officer)
    slow = Download.objects.take()
    assert slow is not None
    with clock.fixed_at("2022-08-24 10:00"):
        make_waiting()
    slow.make()
    kept = list(settings.DOWNLOAD_ROOT.iterdir())
    assert kept == [Download.objects.get().file]
    assert len(told(cast.people.officer)) == 1


def test_the_file_is_deleted_after_seven_days(
    cast: Cast, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    made = ask(cast.people.officer)
    make_waiting()
    with clock.fixed_at("2022-08-31 09:00"):
        assert delete_expired() == 0
    with clock.fixed_at("2022-08-31 09:01"), django_capture_on_commit_callbacks(execute=True):
        assert delete_expired() == 1
    made.refresh_from_db()
    assert (made.state, list(settings.DOWNLOAD_ROOT.iterdir())) == (State.EXPIRED, [])
