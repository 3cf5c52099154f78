"""Recording a meeting through its page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dangjian.foundation import clock
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan
from tests.cast import Cast, a_meeting, a_screened
from tests.delivery.test_plan_resolution import a_plan_for_the_committee
from tests.papers import scanner

Browse = Callable[..., Any]
HEAD = {"held_on": "2022-08-24", "issue": "12", "expected": "7", "present": "6", "chair": "刘志远"}


def a_page(name: str) -> SimpleUploadedFile:
    """A photo of a page with something on it, another for each name."""
    picture = Image.new("L", (600, 800), 255)
    picture.paste(0, (200, 300, 400, 320 + ord(name[1]) % 50))
    content = scanner.photo(picture).content
    assert isinstance(content, bytes)
    return SimpleUploadedFile(f"{name}.jpg", content, content_type="image/jpeg")


def rows(*decided: tuple[Project, str, str], **more: str) -> dict[str, str]:
    """The rows of the form as the browser posts them."""
    posted = dict(HEAD, **more)
    for project, decision, opinion in decided:
        prefix = f"p{project.pk}"
        posted |= {f"{prefix}-decision": decision, f"{prefix}-opinion": opinion, f"{prefix}-seen": str(project.version)}
    return posted


@pytest.mark.clause("S-27", "S-28", "S-109")
def test_a_meeting_decides_what_it_discussed_and_leaves_the_rest(cast: Cast, browse: Browse) -> None:
    yes, no, later = (a_screened(cast, name=name) for name in ("同意的", "退回的", "未议的"))
    posted = rows((yes, "establish", "同意"), (no, "return", "请量化"), (later, "", ""), unit=str(cast.places.unit.pk))
    answer = browse(cast.people.officer).post(reverse("meeting-new"), posted)
    meeting = Meeting.objects.get(issue=12)
    assert answer["Location"] == reverse("meeting", args=[meeting.pk])
    assert [p.reload().waiting_label for p in (yes, no, later)] == ["已立项", "退回修改", "待上会"]


def test_everything_that_is_wrong_with_each_item_is_told_at_once(cast: Cast, browse: Browse) -> None:
    bad, worse = a_screened(cast, name="没写理由的"), a_screened(cast, name="票数也不对的")
    votes = {f"p{worse.pk}-votes_for": "9", f"p{worse.pk}-votes_against": "0", f"p{worse.pk}-abstentions": "0"}
    sent = rows((bad, "return", ""), (worse, "reject", ""), **votes)
    wrong = browse(cast.people.officer).post(reverse("meeting-new"), sent).context["wrong"]
    assert [item["text"] for item in wrong] == [
        "请写明退回修改的理由", "票数合计 9，多于实到 6 人；请写明不予立项的理由",
    ]  # fmt: skip


def test_one_wrong_row_saves_nothing_and_is_told_in_that_row(cast: Cast, browse: Browse) -> None:
    good, bad = a_screened(cast, name="好的"), a_screened(cast, name="没写理由的")
    page = browse(cast.people.officer).post(
        reverse("meeting-new"), rows((good, "establish", "同意立项"), (bad, "reject", ""))
    )
    text = page.content.decode()
    assert "请写明不予立项的理由" in text
    assert [(item["number"], item["text"]) for item in page.context["wrong"]] == [(2, "请写明不予立项的理由")]
    assert "同意立项" in text
    assert not Meeting.objects.filter(organisation=cast.places.unit).exists()
    assert good.reload().waiting_label == "待上会"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"held_on": "2022-08-25"}, "会议日期不能晚于今天"),
        ({"present": "8"}, "实到人数不能多于应到人数"),
        ({"present": "3"}, "实到人数未过应到人数的半数"),
        ({"held_on": "昨天"}, "请填日期，如 2022-08-15"),
        ({"chair": ""}, "请填写"),
    ],
)
def test_a_faulty_head_is_refused_at_its_field(cast: Cast, browse: Browse, changed: dict[str, str], said: str) -> None:
    project = a_screened(cast)
    page = browse(cast.people.officer).post(reverse("meeting-new"), rows((project, "establish", "同意"), **changed))
    assert said in page.content.decode()
    assert project.reload().waiting_label == "待上会"


def test_votes_must_agree_with_the_people_present(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    posted = rows(
        (project, "establish", "同意"), **{f"p{project.pk}-votes_for": "3", f"p{project.pk}-votes_against": "3"}
    )
    page = browse(cast.people.officer).post(reverse("meeting-new"), posted)
    assert "赞成本决定的票未过实到人数的半数，不能作出这项决定" in page.content.decode()


def test_a_meeting_without_any_decision_is_refused(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    page = browse(cast.people.officer).post(reverse("meeting-new"), rows((project, "", "")))
    assert "请至少对一个项目、计划书或计划变更作出决定" in page.content.decode()


def test_the_minutes_are_kept_with_the_meeting(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    pages = [a_page("第一页"), a_page("第二页")]
    officer = browse(cast.people.officer)
    officer.post(reverse("meeting-new"), rows((project, "establish", "同意")) | {"scans": pages})
    kept = Scan.objects.get()
    assert (kept.kind, kept.meeting, kept.pages) == ("minutes", Meeting.objects.get(issue=12), 2)
    answer = officer.get(reverse("scan-file", args=[kept.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_file_of_another_kind_is_refused_with_the_whole_record(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    page_file = SimpleUploadedFile("纪要.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    page = browse(cast.people.officer).post(
        reverse("meeting-new"), rows((project, "establish", "同意")) | {"scans": page_file}
    )
    assert "“纪要.pdf”：只能上传 PDF、JPG 或 PNG 文件" in page.content.decode()
    assert not Meeting.objects.filter(issue=12).exists()


def test_an_officer_of_another_unit_sees_none_of_these_projects(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    foreign = browse(cast.people.foreign_officer)
    assert project.name not in foreign.get(reverse("meeting-new")).content.decode()
    foreign.post(reverse("meeting-new"), rows((project, "establish", "同意"), unit=str(cast.places.unit.pk)))
    assert project.reload().waiting_label == "待上会"


def test_the_page_opens_with_what_is_known_and_without_complaints(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    a_meeting(cast, Verdict(project, "return", "请量化"))
    form = browse(cast.people.officer).get(reverse("meeting-new")).context["form"]
    assert not form.is_bound
    assert {key: form[key].value() for key in ("issue", "expected", "chair", "recorder")} == {
        "issue": 2,
        "expected": 7,
        "chair": "主持人",
        "recorder": "记录人",
    }


def test_the_page_lists_what_waits_and_records_plans_alone(cast: Cast, browse: Browse) -> None:
    officer = cast.people.officer
    plan = a_plan_for_the_committee(cast)
    client = browse(officer)
    text = client.get(reverse("meeting-new")).content.decode()
    assert "待上会的实施计划和重大变更" in text
    assert "没有待上会的项目，这次会议可以只研究计划" in text
    assert "data-all-vote" not in text, "one thing has its own button"
    prefix = f"plan{plan.pk}"
    posted = {
        "held_on": f"{clock.today()}", "issue": "40", "expected": "7", "present": "7", "chair": "刘志远",
        f"{prefix}-decision": "return", f"{prefix}-opinion": "", f"{prefix}-seen": f"{plan.version}",
    }  # fmt: skip
    assert "请写明退回修改的理由" in client.post(reverse("meeting-new"), posted).content.decode()
    answer = client.post(reverse("meeting-new"), posted | {f"{prefix}-opinion": "措施请写到人"})
    meeting = Meeting.objects.get(issue=40)
    assert answer["Location"] == reverse("meeting", args=[meeting.pk])
    shown = client.get(answer["Location"]).content.decode()
    assert "退回修改实施计划书" in shown
    assert "data-all-vote" not in client.get(reverse("meeting-new")).content.decode()
    assert "措施请写到人" in shown
    assert "计划退回修改 1 个" in client.get(reverse("meetings")).content.decode()


def test_one_button_fills_the_votes_of_a_project_and_a_plan_that_wait_together(cast: Cast, browse: Browse) -> None:
    a_plan_for_the_committee(cast)
    a_screened(cast, name="同次上会的项目")
    text = browse(cast.people.officer).get(reverse("meeting-new")).content.decode()
    assert text.count("data-all-vote") == 2, "with the projects and with the plans; each is for all"


def test_a_count_of_votes_is_not_torn_apart_in_its_cell(cast: Cast, browse: Browse) -> None:
    verdict = Verdict(a_screened(cast), "establish", "同意", votes_for=7, votes_against=0, abstentions=0)
    meeting = a_meeting(cast, verdict)
    text = browse(cast.people.officer).get(reverse("meeting", args=[meeting.pk])).content.decode()
    parts = ("赞成 7 票、", "反对 0 票、", "弃权 0 票")
    assert "".join(f'<span class="nowrap">{part}</span><wbr>' for part in parts) in text


def test_a_verdict_on_what_was_decided_meanwhile_is_told_and_nothing_is_registered(cast: Cast, browse: Browse) -> None:
    taken, other = a_screened(cast, name="先被决定的"), a_screened(cast, name="仍在待上会的")
    sent = rows((taken, "return", "请量化指标"), (other, "establish", "同意"), **{f"p{taken.pk}-votes_for": "5"})
    a_meeting(cast, Verdict(taken.reload(), "establish", "同意"))
    officer = browse(cast.people.officer)
    page = officer.post(reverse("meeting-new"), sent)
    (gone,) = page.context["gone"]
    assert gone["name"] == "先被决定的"
    assert re.fullmatch(r"您本人（在另一个窗口）已于.+办理“同意立项”，您填的没有登记", gone["why"])
    assert [(one["label"], one["value"]) for one in gone["typed"]] == [
        ("决定", "退回修改"),
        ("意见", "请量化指标"),
        ("赞成", "5"),
    ]
    text = page.content.decode()
    assert "有 1 项已经不在待上会之列，这次会议还没有登记" in text
    assert "决定：退回修改；意见：请量化指标；赞成：5" in text
    assert f'name="p{taken.pk}-decision"' not in text
    assert page.context["items"][0]["form"]["decision"].value() == "establish", "everything else is kept"
    assert not Meeting.objects.filter(issue=12).exists()
    assert officer.post(reverse("meeting-new"), rows((other, "establish", "同意"))).status_code == 302
    assert other.reload().waiting_label == "已立项"


def test_what_was_the_only_item_is_told_too_and_without_a_move_it_is_said_plainly(cast: Cast, browse: Browse) -> None:
    taken = a_screened(cast)
    a_meeting(cast, Verdict(taken, "establish", "同意"))
    sent = rows((taken.reload(), "reject", "不合适"))
    gone = browse(cast.people.officer).post(reverse("meeting-new"), sent).context["gone"]
    assert [one["why"] for one in gone] == ["已经不在待上会之列，请核对后再登记"]
    hidden = browse(cast.people.foreign_officer).post(reverse("meeting-new"), sent)
    assert [one["name"] for one in hidden.context["gone"]] == ["您现在看不到的一个项目"]
    assert taken.name not in hidden.content.decode()


def test_a_plan_settled_meanwhile_is_told_as_a_project_is(cast: Cast, browse: Browse) -> None:
    plan = a_plan_for_the_committee(cast)
    prefix = f"plan{plan.pk}"
    sent = HEAD | {
        f"{prefix}-decision": "return",
        f"{prefix}-opinion": "措施写到人",
        f"{prefix}-seen": f"{plan.version}",
    }
    officer = browse(cast.people.officer)
    assert officer.post(reverse("meeting-new"), sent | {f"{prefix}-decision": "approve"}).status_code == 302
    page = officer.post(reverse("meeting-new"), sent | {"issue": "13"})
    (gone,) = page.context["gone"]
    assert gone["name"] == f"{plan.project.name}：实施计划书"
    assert "办理“同意审定”" in gone["why"]
    assert [(one["label"], one["value"]) for one in gone["typed"]] == [("决定", "退回修改"), ("意见", "措施写到人")]
    assert not Meeting.objects.filter(issue=13).exists()
