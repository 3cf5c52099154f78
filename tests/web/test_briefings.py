"""Pages of 呈阅件 and 批示, from the ledger's chosen projects to the result."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dangjian.foundation import clock, evidence
from dangjian.projects.briefing import Briefing
from dangjian.projects.instruction import Instruction
from dangjian.projects.project import Project
from tests.cast import Cast, a_briefing, a_draft, an_established, an_instruction

Browse = Callable[..., Any]
WORDS = {"title": "两个项目", "summary": "需要支持。", "proposal": "拟同意。"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("批示.jpg", b"\xff\xd8\xff\xe0 photo", "image/jpeg")


def test_from_the_ledger_to_the_result(cast: Cast, browse: Browse) -> None:
    projects = [an_established(cast, name=f"第{number}个项目") for number in (1, 2)]
    chosen = [project.pk for project in projects]
    officer, leader, clerk = (browse(getattr(cast.people, who)) for who in ("officer", "unit_secretary", "clerk"))
    assert "呈阅所选" in text_of(officer.get("/projects/"))
    assert "呈阅所选" not in text_of(leader.get("/projects/"))
    page = officer.get("/briefings/new/", {"projects": chosen})
    assert page.context["form"]["title"].value() == "关于2个党建项目有关情况"
    facts = WORDS | {"to": cast.people.unit_secretary.pk, "projects": chosen}
    shown = text_of(officer.post("/briefings/new/", facts | {"preview": "1"}))
    assert "领导批示" in shown
    assert not Briefing.objects.exists()
    answer = officer.post("/briefings/new/", facts)
    briefing = Briefing.objects.get()
    assert answer["Location"] == reverse("briefing", args=[briefing.pk])

    assert reverse("briefing", args=[briefing.pk]) in text_of(leader.get("/notices/"))
    assert "阅批呈阅件" in text_of(leader.get("/"))
    assert "第2个项目" in text_of(leader.get(reverse("briefing", args=[briefing.pk])))
    given = {"text": "同意。", "organisation": cast.places.branch.pk, "due_on": clock.today() + timedelta(days=3)}
    leader.post(reverse("instruction-new", args=[briefing.pk]), given)
    held = Instruction.objects.get()
    assert "阅批呈阅件" not in text_of(leader.get("/todos/"))

    todos = clerk.get("/todos/")
    assert "还剩 3 天" in text_of(todos)
    assert todos.context["boxes"][0]["count"] == 1 + len(projects)
    assert todos.context["page"].count_text == "共 3 条"
    page = reverse("instruction", args=[held.pk])
    assert "看呈阅件" not in text_of(clerk.get(page))
    clerk.post(reverse("instruction-result", args=[held.pk]), {"result": "已办。", "file": photo()})
    assert "已办。" in text_of(officer.get(reverse("briefing", args=[briefing.pk])))
    assert page in text_of(officer.get("/notices/"))
    assert "办理批示" not in text_of(clerk.get("/todos/"))
    assert briefing.title in text_of(officer.get(f"{reverse('project', args=[chosen[0]])}?tab=papers"))
    assert briefing.title not in text_of(clerk.get(f"{reverse('project', args=[chosen[0]])}?tab=papers"))


def test_what_is_refused_stays_typed(cast: Cast, browse: Browse) -> None:
    project, officer = an_established(cast), browse(cast.people.officer)
    facts = WORDS | {"to": cast.people.unit_secretary.pk, "projects": [project.pk], "summary": ""}
    form = officer.post("/briefings/new/", facts).context["form"]
    assert form.errors["summary"] == ["请填写事由"]
    assert form["proposal"].value() == "拟同意。"
    assert form.errors.keys() == {"summary"}
    assert "先选择项目" in text_of(officer.get("/briefings/new/"))
    assert "先选择项目" in text_of(officer.get("/briefings/new/?projects=x&projects=99999"))
    draft = a_draft(cast)
    assert "先选择项目" in text_of(officer.get(f"/briefings/new/?projects={draft.pk}"))
    briefing = a_briefing(cast, project)
    page = reverse("instruction-new", args=[briefing.pk])
    due = {"organisation": cast.places.branch.pk, "due_on": "2022-08-01", "given_on": "2022-08-24", "text": "办。"}
    form = officer.post(page, due).context["form"]
    assert form.errors["due_on"] == ["办结期限不能早于今天"]
    assert form["text"].value() == "办。"
    form = officer.post(page, due | {"text": "", "due_on": "2022-08-30"}).context["form"]
    assert form.errors["text"] == ["请填写批示内容，或附上批示照片"]
    assert not Instruction.objects.exists()


def test_projects_are_found_and_ticked_where_one_draws_it_up(cast: Cast, browse: Browse) -> None:
    one, other = (an_established(cast, name=name) for name in ("节能降耗", "安全示范"))
    Project.objects.filter(pk=an_established(cast, name="线下的").pk).update(is_offline=True)
    officer, page = browse(cast.people.officer), "/briefings/new/"
    offered = officer.get(page)
    assert [row["name"] for row in offered.context["page"].rows] == ["安全示范", "节能降耗"]
    assert [row["pk"] for row in officer.get(page, {"q": "节能"}).context["page"].rows] == [one.pk]
    assert "没有符合条件的记录" in text_of(officer.get(page, {"q": "没有的"}))
    assert "请至少选择一个项目" in text_of(officer.get(page, {"next": "1"}))
    shown = officer.get(page, {"projects": [one.pk, other.pk], "next": "1"}).context["form"]
    assert len(shown["projects"].value()) == 2
    # Whoever empties every box keeps the words.
    emptied = officer.post(f"{page}?projects={one.pk}", WORDS).context["form"]
    assert emptied.errors["projects"] == ["请至少选择一个项目"]
    assert emptied["summary"].value() == "需要支持。"


def test_a_handler_writes_down_and_the_photograph_is_shown(cast: Cast, browse: Browse) -> None:
    briefing, officer = a_briefing(cast), browse(cast.people.officer)
    given = {"given_on": "2022-08-24", "organisation": cast.places.branch.pk, "due_on": "2022-08-30"}
    officer.post(reverse("instruction-new", args=[briefing.pk]), given | {"photo": photo()})
    held = Instruction.objects.get()
    shown = text_of(browse(cast.people.secretary).get(reverse("instruction", args=[held.pk])))
    assert "陈静登记" in shown
    assert "briefing__photo" in shown
    answer = officer.get(reverse("instruction-file", args=[held.pk, evidence.Attachment.objects.get().pk]) + "?view=1")
    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer.streaming_content).endswith(b"photo")


def test_what_was_written_down_wrong_is_put_right_and_stays_struck_out(cast: Cast, browse: Browse) -> None:
    briefing, officer = a_briefing(cast), browse(cast.people.officer)
    given = {"given_on": "2022-08-24", "organisation": cast.places.branch.pk, "due_on": "2022-08-30"}
    officer.post(
        reverse("instruction-new", args=[briefing.pk]), given | {"text": "同意，请机料部办理。", "photo": photo()}
    )
    held = Instruction.objects.get()
    page = reverse("instruction-correction", args=[held.pk])
    known = {"text": "同意，请机电部办理。", "given_on": "2022-08-24"}
    assert "请写明更正的原因" in text_of(officer.post(page, known))
    assert "都没有变" in text_of(officer.post(page, known | {"text": "同意，请机料部办理。", "reason": "错"}))
    better = SimpleUploadedFile("清楚.jpg", b"\xff\xd8\xff\xe0 better", "image/jpeg")
    officer.post(page, known | {"reason": "部门写错，照片不清", "photo": better})
    shown = text_of(browse(cast.people.secretary).get(reverse("instruction", args=[held.pk])))
    assert "同意，请机电部办理。" in shown
    assert "<del>同意，请机料部办理。" in shown.replace("<p>", "")
    assert "陈静 8月24日 09:00更正，原因：部门写错，照片不清" in shown.replace("\xa0", " ")
    whole = text_of(officer.get(reverse("briefing", args=[briefing.pk])))
    assert "清楚.jpg" in whole
    assert "批示.jpg" not in whole


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_paper_is_handed_out(cast: Cast, browse: Browse, kind: str) -> None:
    path = reverse("briefing-paper", args=[a_briefing(cast).pk, kind])
    answer = browse(cast.people.unit_secretary).get(path)
    assert answer.status_code == 200
    b"".join(answer.streaming_content)
    assert browse(cast.people.secretary).get(path).status_code == 404


def test_reading_and_recalling_ask_first(cast: Cast, browse: Browse) -> None:
    briefing, leader, officer = a_briefing(cast), browse(cast.people.unit_secretary), browse(cast.people.officer)
    assert "只记为已阅" in text_of(leader.get(reverse("briefing-reading", args=[briefing.pk])))
    leader.post(reverse("briefing-reading", args=[briefing.pk]))
    assert Briefing.objects.get().state == "read"
    assert "现在不能办理" in text_of(officer.get(reverse("briefing-recall", args=[briefing.pk])))
    assert leader.get(reverse("briefing-recall", args=[briefing.pk])).status_code == 404
    other = a_briefing(cast)
    officer.post(reverse("briefing-recall", args=[other.pk]))
    assert other.reload().state == "recalled"
    assert officer.get(reverse("instruction-new", args=[other.pk])).status_code == 302


def test_lists_narrow_and_say_when_empty(cast: Cast, browse: Browse) -> None:
    officer = browse(cast.people.officer)
    assert "还没有呈阅件" in text_of(officer.get("/briefings/"))
    assert "没有呈送给您的呈阅件" in text_of(browse(cast.people.unit_secretary).get("/briefings/"))
    assert "还没有批示" in text_of(officer.get("/instructions/"))
    late = an_instruction(cast, text="校准油耗表", due_on=clock.today())
    read = a_briefing(cast, title="另一份")
    read.read(by=cast.people.unit_secretary)
    for query, found in (
        ("", [read.pk, late.briefing_id]),
        ("?state=read", [read.pk]),
        ("?q=另一份", [read.pk]),
        ("?q=没有", []),
    ):
        assert [row["pk"] for row in officer.get(f"/briefings/{query}").context["page"].rows] == found, query
    with clock.fixed_at("2022-08-26 09:00"):
        soon = an_instruction(cast, text="报进度")
        for query, found in (
            ("", [late.pk, soon.pk]), ("?state=late", [late.pk]), ("?q=进度", [soon.pk]),
            ("?state=pending", [late.pk, soon.pk]), ("?state=done", []),
        ):  # fmt: skip
            page = officer.get(f"/instructions/{query}").context
            assert [row["pk"] for row in page["page"].rows] == found, query
            assert page["late"] == 1
        assert "已超期 2 天" in text_of(browse(cast.people.secretary).get("/"))


def test_an_instruction_is_passed_on(cast: Cast, browse: Browse) -> None:
    held, officer = an_instruction(cast), browse(cast.people.officer)
    page = reverse("instruction-handover", args=[held.pk])
    assert "没有变" in text_of(officer.post(page, {"organisation": cast.places.branch.pk, "due_on": held.due_on}))
    officer.post(page, {"organisation": cast.places.small_branch.pk, "due_on": held.due_on, "reason": "归口"})
    shown = text_of(officer.get(reverse("instruction", args=[held.pk])))
    assert "归口；由一公司机关党支部承办" in shown


EVERYBODY = ("secretary", "clerk", "member", "officer", "unit_secretary", "foreign_officer", "company_officer", "leader", "staff", "system_admin")  # fmt: skip
PAPER, TASK = {"officer", "unit_secretary"}, {"officer", "unit_secretary", "secretary", "clerk"}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_opens_what(cast: Cast, browse: Browse, who: str) -> None:
    held = an_instruction(cast)
    evidence.attach(held, "photo", chunks=[b"%PDF-1.7 photo"], name="批示.pdf", by=cast.people.officer)
    waiting, browser = a_briefing(cast), browse(getattr(cast.people, who))
    file = evidence.Attachment.objects.get().pk
    for name, args, allowed in (
        ("briefing", [waiting.pk], PAPER),
        ("briefing-paper", [waiting.pk, "pdf"], PAPER),
        ("briefing-reading", [waiting.pk], PAPER),
        ("briefing-recall", [waiting.pk], {"officer"}),
        ("instruction-new", [waiting.pk], PAPER),
        ("instruction", [held.pk], TASK),
        ("instruction-file", [held.pk, file], TASK),
        ("instruction-result", [held.pk], TASK - {"unit_secretary"}),
        ("instruction-handover", [held.pk], {"officer"}),
        ("instruction-correction", [held.pk], {"unit_secretary"}),
    ):
        answer = browser.get(reverse(name, args=args))
        assert answer.status_code == (200 if who in allowed else 404), f"{who} {name}"
        b"".join(answer.streaming_content) if answer.streaming else answer.content
        if who not in allowed:
            assert browser.post(reverse(name, args=args)).status_code in (404, 405), f"POST {who} {name}"
    assert (held.reload().state, waiting.reload().state) == ("pending", "waiting")
