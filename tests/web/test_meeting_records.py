"""The page of a record that waits for the secretary: one tap, a refusal, taking it back; and the same by the interface."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_screened
from tests.delivery.test_meeting_record import asked, entered  # noqa: F401

Browse = Callable[..., Any]

pytestmark = [pytest.mark.clause("S-27"), pytest.mark.usefixtures("asked")]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def the_form(project: Project, **facts: str) -> dict[str, str]:
    held = {
        "held_on": "2022-08-24",
        "issue": "1",
        "expected": "7",
        "present": "7",
        "chair": "刘志远",
        "recorder": "陈静",
    }
    row = {f"p{project.pk}-decision": "establish", f"p{project.pk}-seen": str(project.version)}
    return held | {"unit": str(project.unit_id)} | row | facts


def test_the_officer_hands_in_and_the_secretary_confirms_with_one_tap(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    officer, secretary = browse(cast.people.officer), browse(cast.people.unit_secretary)
    answer = officer.post(reverse("meeting-new"), the_form(project), follow=True)
    record = MeetingRecord.objects.get()
    page = reverse("meeting-record", args=[record.pk])
    assert "请书记确认，确认后各项决定生效" in text_of(answer)
    assert 'value="recall"' in text_of(answer)
    assert 'value="confirm"' not in text_of(answer)
    assert "待书记确认后生效" in text_of(officer.get(reverse("meetings")))
    assert "确认会议记录" in text_of(secretary.get("/todos/"))
    shown = text_of(secretary.get(page))
    assert 'value="confirm"' in shown
    assert project.name in shown
    answer = secretary.post(page, {"act": "confirm"}, follow=True)
    assert "各项决定生效" in text_of(answer)
    assert Meeting.objects.filter(organisation=cast.places.unit).count() == 1
    assert "书记确认以前" not in text_of(officer.get(page))


def test_sending_back_asks_for_a_reason_and_keeps_it(cast: Cast, browse: Browse) -> None:
    record = entered(cast, a_screened(cast))
    secretary, page = browse(cast.people.unit_secretary), reverse("meeting-record", args=[record.pk])
    assert "请写明" in text_of(secretary.post(page, {"act": "return_record", "reason": ""}))
    secretary.post(page, {"act": "return_record", "reason": "表决票数漏记"})
    assert "表决票数漏记" in text_of(browse(cast.people.officer).get(page))


def test_whoever_may_not_is_told_and_a_record_of_elsewhere_does_not_exist(cast: Cast, browse: Browse) -> None:
    record = entered(cast, a_screened(cast))
    page = reverse("meeting-record", args=[record.pk])
    assert "您没有“确认”的权限" in text_of(browse(cast.people.officer).post(page, {"act": "confirm"}))
    assert browse(cast.people.foreign_officer).get(page).status_code == 404
    # A colleague of another branch sees the meeting, not what does not exist for them.
    assert record.projects.get().name not in text_of(browse(cast.people.small_secretary).get(page))
    assert browse(cast.people.officer).post(page, {"act": "nonsense"}).status_code == 200
    browse(cast.people.officer).post(page, {"act": "recall"})
    record.refresh_from_db()
    assert record.state == "recalled"


def test_the_branch_clerk_s_record_waits_for_the_branch_secretary(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    sent = {
        "held_on": "2022-08-24",
        "issue": "1",
        "expected": "5",
        "present": "5",
        "chair": "张建国",
        "recorder": "李敏",
        "opinion": "同意。",
    }
    answer = browse(cast.people.clerk).post(reverse("branch-opinion", args=[project.pk]), sent, follow=True)
    assert "请书记确认" in text_of(answer)
    # What is still missing leads to where it is confirmed, not to noting it once more.
    page = text_of(browse(cast.people.secretary).get(reverse("submission", args=[project.pk])))
    record = MeetingRecord.objects.get()
    assert f'href="{reverse("meeting-record", args=[record.pk])}" aria-label="查看：' in page
    assert reverse("branch-opinion", args=[project.pk]) not in page
    browse(cast.people.secretary).post(reverse("meeting-record", args=[record.pk]), {"act": "confirm"})
    assert Project.objects.get().branch_opinion().opinion == "同意。"
