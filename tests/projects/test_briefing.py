"""呈阅件 and 批示: one page before the right leader, the instruction as a task, its result told to the maker."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.overview.reminders import remind_of_instructions
from dangjian.papers import pdf, word
from dangjian.papers.fonts import Library
from dangjian.people.account import Account
from dangjian.people.person import Person
from dangjian.projects import briefing_paper
from dangjian.projects.briefing import MOST_PROJECTS, Briefing
from dangjian.projects.instruction import Instruction
from dangjian.projects.meeting import Verdict
from tests.cast import FACTS, PASSWORD, Cast, a_briefing, a_draft, a_meeting, a_screened, an_established, an_instruction
from tests.papers.reading import form_cells, pdf_pages, word_text
from tests.people.test_delegation import a_delegation

PHOTO = b"\xff\xd8\xff\xe0 photo"


@pytest.fixture(scope="session")
def library() -> Library:
    """The fonts that set-up copies, so that no computer's own fonts change the result."""
    return Library([settings.BUILD / "fonts"], system=False)


def told(person: Any) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


def refused_at(act: Callable[[], Any]) -> set[str]:
    """The fields at which the verb refuses."""
    with pytest.raises(Refused) as refused:
        act()
    return {reason.field for reason in refused.value.reasons}


# The paper


def test_the_leader_is_told_and_what_the_system_knows_stands_on_the_page(cast: Cast) -> None:
    briefing = a_briefing(cast)
    assert told(cast.people.unit_secretary) == ["一公司党委呈送“关于节能降耗项目有关情况”，请阅批"]
    assert (briefing.number_text, briefing.state) == ("〔2022〕第1号", "waiting")
    (facts,) = briefing.facts
    assert facts["name"] == FACTS["name"]
    assert (facts["state"], facts["next"], facts["holder"]) == ("已立项", "签收立项通知", "第一项目部党支部")
    assert a_briefing(cast).number_text == "〔2022〕第2号"


def test_a_project_in_review_tells_its_deadline(cast: Cast) -> None:
    (facts,) = a_briefing(cast, a_screened(cast)).facts
    assert (facts["state"], facts["next"]) == ("待上会", "党委会意见")
    assert "8月29日截止" in facts["deadline"]
    assert cast.people.officer.name in facts["holder"]


def test_the_paper_keeps_what_was_said_on_its_day(cast: Cast) -> None:
    project = a_screened(cast)
    briefing = a_briefing(cast, project)
    a_meeting(cast, Verdict(project, "establish"))
    assert Briefing.objects.get(pk=briefing.pk).facts[0]["state"] == "待上会"


def test_word_and_pdf_are_one_page_with_room_for_the_instruction(cast: Cast, library: Library) -> None:
    projects = [an_established(cast, name=f"第{number}个党员先锋项目") for number in range(1, 4)]
    paper = briefing_paper.sheet(a_briefing(cast, projects=projects))
    cells = dict(form_cells(word.draw(paper, library)))
    assert list(cells) == ["呈送", "呈报单位", "事由", "项目情况", "拟办意见", "领导批示"]
    assert cells["呈送"] == "刘志远同志"
    assert cells["领导批示"] == ""
    assert cells["呈报单位"] == "中共华川建设集团第一工程有限公司委员会（经办人：陈静）"
    for number in range(1, 4):
        assert f"{number}.第{number}个党员先锋项目：2022-00{number}，第一项目部党支部" in cells["项目情况"]
    (page,) = pdf_pages(pdf.draw(paper, library))
    assert "呈阅件" in page
    assert "领导批示" in page


def test_the_longest_paper_that_is_let_through_is_one_page(cast: Cast, library: Library) -> None:
    projects = [an_established(cast, name=f"{number}" + "名" * 39) for number in range(MOST_PROJECTS)]
    words = {"summary": "事" * 250, "proposal": "办" * 150}
    assert refused_at(lambda: a_briefing(cast, projects=projects, **words)) in (set(), {"summary"})
    assert not Briefing.objects.exists()
    briefing = a_briefing(cast, projects=projects[:2], **words)
    assert len(pdf_pages(pdf.draw(briefing_paper.sheet(briefing), library))) == 1


def test_the_instruction_is_printed_on_the_paper(cast: Cast, library: Library) -> None:
    held = an_instruction(cast)
    paper = briefing_paper.sheet(held.briefing, [held])
    assert "刘志远2022年8月24日：同意。请第一项目部支部抓紧落实。" in word_text(word.draw(paper, library))
    assert len(pdf_pages(pdf.draw(paper, library))) == 1


# Who makes it, for whom, about what


@pytest.mark.parametrize(
    "who", ["secretary", "unit_secretary", "foreign_officer", "company_officer", "leader", "staff"]
)
def test_nobody_else_makes_one_for_the_unit(cast: Cast, who: str) -> None:
    project = an_established(cast)
    with pytest.raises(Refused, match="权限"):
        a_briefing(cast, project, by=getattr(cast.people, who))
    assert not Briefing.objects.exists()


def test_words_leader_and_projects_are_asked_for_at_their_fields(cast: Cast) -> None:
    project, places = an_established(cast), cast.places
    assert refused_at(lambda: a_briefing(cast, project, summary=" ", proposal="")) == {"summary", "proposal"}
    assert refused_at(lambda: a_briefing(cast, project, summary="长" * 251)) == {"summary"}
    assert refused_at(lambda: a_briefing(cast, project, title="")) == {"title"}
    assert refused_at(lambda: a_briefing(cast, project, to=cast.people.leader)) == {"to"}
    assert refused_at(lambda: a_briefing(cast, projects=[])) == {"projects"}
    assert refused_at(lambda: a_briefing(cast, a_draft(cast))) == {"projects"}
    foreign = a_draft(cast, places.foreign_branch, cast.people.foreign_secretary)
    assert refused_at(lambda: a_briefing(cast, foreign)) == {"projects"}
    many = [an_established(cast) for _ in range(MOST_PROJECTS + 1)]
    assert refused_at(lambda: a_briefing(cast, projects=many)) == {"projects"}
    assert not Briefing.objects.exists()


def test_the_company_lays_a_unit_s_project_before_its_own_leader(cast: Cast) -> None:
    project = an_established(cast)
    words = {"to": cast.people.leader, "title": "情况", "summary": "一。", "proposal": "二。", "projects": [project]}
    made = Briefing.present(cast.places.company, by=cast.people.company_officer, **words)
    seen = {name for name, person in vars(cast.people).items() if Briefing.objects.visible_to(person).exists()}
    assert seen == {"leader", "company_officer"}
    assert made.number == 1


def test_a_paper_is_seen_by_its_leader_and_its_own_office_alone(cast: Cast) -> None:
    an_instruction(cast)
    people = vars(cast.people)
    papers = {name for name, person in people.items() if Briefing.objects.visible_to(person).exists()}
    tasks = {name for name, person in people.items() if Instruction.objects.visible_to(person).exists()}
    assert papers == {"officer", "colleague", "unit_secretary"}
    assert tasks == papers | {"secretary", "clerk"}


def test_a_leader_out_of_office_sees_it_no_more(cast: Cast) -> None:
    a_briefing(cast)
    leader = cast.people.unit_secretary
    leader.appointments.get().end(on=clock.today() - timedelta(days=1), by=cast.people.security_admin)
    assert not Briefing.objects.visible_to(type(leader).objects.get(pk=leader.pk)).exists()


def test_a_delegate_reads_and_instructs_for_the_leader_and_is_not_addressed(cast: Cast) -> None:
    leader, delegate = (
        cast.people.unit_secretary,
        Person.enrol(name="韩立群", organisation=cast.places.unit, by=cast.people.system_admin),
    )
    Account.open("deputy", person=delegate, password=PASSWORD, by=cast.people.system_admin, must_change_password=False)
    a_delegation(leader, delegate)
    delegate.forget_offices()
    assert refused_at(lambda: a_briefing(cast, to=delegate)) == {"to"}
    briefing = a_briefing(cast)
    assert told(delegate)[-1] == told(leader)[-1] == "一公司党委呈送“关于节能降耗项目有关情况”，请阅批"
    assert list(Briefing.objects.waiting_for(delegate)) == [briefing]
    an_instruction(cast, briefing, by=delegate)
    made = briefing.log().get()
    assert (made.by, made.on_behalf_of) == (delegate, leader)


# Reading, instructing, recalling


def test_read_tells_the_maker_and_an_instruction_may_still_follow(cast: Cast) -> None:
    briefing = a_briefing(cast)
    briefing.read(by=cast.people.unit_secretary)
    assert "刘志远已阅“关于节能降耗项目有关情况”" in told(cast.people.officer)
    an_instruction(cast, briefing)
    assert briefing.reload().state == "instructed"


def test_recalled_is_no_longer_instructed_and_instructed_no_longer_recalled(cast: Cast) -> None:
    briefing = a_briefing(cast)
    with pytest.raises(Refused, match="权限"):
        briefing.recall(by=cast.people.unit_secretary)
    briefing.recall(by=cast.people.colleague)
    with pytest.raises(Refused, match="已撤回"):
        an_instruction(cast, briefing)
    held = an_instruction(cast)
    with pytest.raises(Refused, match="已批示"):
        held.briefing.recall(by=cast.people.officer)


def test_an_instruction_becomes_a_task_of_the_branch(cast: Cast) -> None:
    held = an_instruction(cast)
    assert (held.state, held.holder_text) == ("pending", "第一项目部党支部")
    said = "刘志远批示“关于节能降耗项目有关情况”，请于2022年8月31日前办结"
    assert said in told(cast.people.secretary)
    assert said in told(cast.people.clerk)
    assert said not in told(cast.people.small_secretary)
    assert "刘志远已批示“关于节能降耗项目有关情况”，由第一项目部党支部承办" in told(cast.people.officer)
    for who, waits in (("secretary", True), ("clerk", True), ("officer", False), ("small_secretary", False)):
        assert Instruction.objects.waiting_for(getattr(cast.people, who)).exists() == waits


def test_a_handler_writes_it_down_with_a_photograph_alone(cast: Cast) -> None:
    held = an_instruction(cast, by=cast.people.officer, text="", photo=[PHOTO], photo_name="批示.jpg")
    assert Attachment.objects.of(held, "photo").get().name == "批示.jpg"
    assert held.by == cast.people.officer
    assert "（见批示照片）" in str(briefing_paper.sheet(held.briefing, [held]).blocks)


def test_named_it_waits_for_that_person_and_colleagues_may_still_step_in(cast: Cast) -> None:
    held = an_instruction(cast, person=cast.people.clerk)
    assert Instruction.objects.waiting_for(cast.people.clerk).exists()
    assert not Instruction.objects.waiting_for(cast.people.secretary).exists()
    held.finish(result="已校准。", by=cast.people.secretary)
    assert held.reload().state == "done"


@pytest.mark.parametrize("who", ["secretary", "clerk", "foreign_officer", "company_officer", "leader", "staff"])
def test_nobody_else_instructs(cast: Cast, who: str) -> None:
    briefing = a_briefing(cast)
    with pytest.raises(Refused, match="权限"):
        an_instruction(cast, briefing, by=getattr(cast.people, who))
    assert briefing.reload().state == "waiting"


def test_a_refused_instruction_names_its_fields_and_keeps_nothing(cast: Cast) -> None:
    briefing, day = a_briefing(cast), timedelta(days=1)
    today = clock.today()
    assert refused_at(lambda: an_instruction(cast, briefing, text=" ")) == {"text"}
    assert refused_at(lambda: an_instruction(cast, briefing, text="长" * 501)) == {"text"}
    assert refused_at(lambda: an_instruction(cast, briefing, due_on=today - day)) == {"due_on"}
    assert refused_at(lambda: an_instruction(cast, briefing, given_on=today + day)) == {"given_on"}
    assert refused_at(lambda: an_instruction(cast, briefing, given_on=today - day)) == {"given_on"}
    foreign = cast.places.foreign_branch
    assert refused_at(lambda: an_instruction(cast, briefing, organisation=foreign)) == {"organisation"}
    assert refused_at(lambda: an_instruction(cast, briefing, person=cast.people.officer)) == {"person"}
    bad = {"photo": [b"MZ program"], "photo_name": "x.jpg", "by": cast.people.officer}
    assert refused_at(lambda: an_instruction(cast, briefing, **bad)) == {"photo"}
    assert not Instruction.objects.exists()
    assert briefing.reload().state == "waiting"


def test_two_who_write_down_the_same_instruction_meet(cast: Cast) -> None:
    briefing = a_briefing(cast)
    stale = Briefing.objects.get(pk=briefing.pk)
    an_instruction(cast, briefing)
    with pytest.raises(Overtaken, match="刘志远已于"):
        an_instruction(cast, stale, by=cast.people.officer)
    assert Instruction.objects.count() == 1


# Carrying out


def test_the_result_goes_to_the_maker_and_to_whoever_wrote_it_down(cast: Cast) -> None:
    held = an_instruction(cast, by=cast.people.colleague)
    held.finish(result="8月23台设备油耗表全部校准。", by=cast.people.clerk, file=[b"%PDF-1.7"], file_name="记录.pdf")
    said = "刘志远对“关于节能降耗项目有关情况”的批示已由第一项目部党支部办结：8月23台设备油耗表全部校准。"
    assert said in told(cast.people.officer)
    assert said in told(cast.people.colleague)
    held = held.reload()
    assert (held.result_by, held.state) == (cast.people.clerk, "done")
    assert Attachment.objects.of(held, "result").get().name == "记录.pdf"
    with pytest.raises(Refused, match="已办结"):
        held.finish(result="又办。", by=cast.people.secretary)


@pytest.mark.parametrize("who", ["small_secretary", "member", "unit_secretary", "company_officer", "leader"])
def test_nobody_else_writes_the_result(cast: Cast, who: str) -> None:
    held = an_instruction(cast)
    with pytest.raises(Refused, match="权限"):
        held.finish(result="办了。", by=getattr(cast.people, who))
    assert refused_at(lambda: held.finish(result=" ", by=cast.people.secretary)) == {"result"}
    assert refused_at(lambda: held.finish(result="长" * 501, by=cast.people.secretary)) == {"result"}


def test_a_refused_file_leaves_the_task_undone(cast: Cast) -> None:
    held = an_instruction(cast)
    bad = {"file": [b"MZ program"], "file_name": "a.pdf"}
    assert refused_at(lambda: held.finish(result="办了。", by=cast.people.secretary, **bad)) == {"file"}
    assert held.reload().state == "pending"


def test_passed_on_it_waits_for_the_other_branch(cast: Cast) -> None:
    held, day = an_instruction(cast), clock.today() + timedelta(days=10)
    with pytest.raises(Refused, match="权限"):
        held.hand_over(organisation=cast.places.small_branch, due_on=day, by=cast.people.secretary)
    held.hand_over(organisation=cast.places.small_branch, due_on=day, by=cast.people.officer, reason="归口机关")
    assert not Instruction.objects.visible_to(cast.people.secretary).exists()
    assert Instruction.objects.waiting_for(cast.people.small_secretary).get().due_on == day
    assert any("转您办理" in text for text in told(cast.people.small_secretary))
    same = {"organisation": cast.places.small_branch, "due_on": day}
    assert refused_at(lambda: held.reload().hand_over(by=cast.people.officer, **same)) == {"organisation"}


def test_overdue_from_the_day_after_the_last_day(cast: Cast) -> None:
    held = an_instruction(cast, due_on=clock.today())
    assert not held.is_late
    with clock.fixed_at("2022-08-25 00:01"):
        assert held.is_late
        assert list(Instruction.objects.late()) == [held]
        held.finish(result="晚了一天。", by=cast.people.secretary)
        assert not held.is_late
        assert not Instruction.objects.late()


def test_who_carries_it_out_is_reminded_once_before_and_once_after_the_last_day(cast: Cast) -> None:
    held = an_instruction(cast, due_on=clock.today() + timedelta(days=7))
    before = len(told(cast.people.secretary))
    assert remind_of_instructions() == 0
    for day in (29, 30, 31):
        with clock.fixed_at(f"2022-08-{day} 09:00"):
            assert remind_of_instructions() == 1
    assert told(cast.people.secretary)[before:] == [f"{held}将于2022年8月31日到期，请及时办理"]
    with clock.fixed_at("2022-09-01 09:00"):
        remind_of_instructions()
        remind_of_instructions()
    assert told(cast.people.secretary)[before + 1 :] == [f"{held}已超过办结期限，请及时办理"]


# Put right


def test_whoever_carries_it_out_is_told_what_counts_now(cast: Cast) -> None:
    held = an_instruction(cast, by=cast.people.officer, text="同意，请抓紧。")
    held.correct(text="同意，请抓紧办理。", reason="漏字", by=cast.people.officer)
    [before] = held.corrections.all()
    assert (held.text, before.text, before.reason, before.by) == (
        "同意，请抓紧办理。", "同意，请抓紧。", "漏字", cast.people.officer,
    )  # fmt: skip
    assert told(cast.people.secretary)[-1].endswith("已更正，请按更正后的办理：同意，请抓紧办理。")
    assert AuditEntry.objects.filter(action="instruction.correct", noun_id=held.pk).count() == 1
    held.finish(result="已办。", by=cast.people.clerk)
    held.correct(text="同意，请抓紧办结。", reason="再改", by=cast.people.officer)
    assert (held.reload().state, held.result) == ("done", "已办。")


def test_another_photograph_takes_the_place_of_the_one_there(cast: Cast) -> None:
    held = an_instruction(cast, by=cast.people.officer, text="", photo=[PHOTO], photo_name="模糊.jpg")
    held.correct(text="", reason="模糊", photo=[PHOTO + b"!"], photo_name="清楚.jpg", by=cast.people.officer)
    assert [photo.name for photo in held.photos()] == ["清楚.jpg"]
    assert held.corrections.get().photo.name == "模糊.jpg"


def test_a_refused_correction_changes_nothing(cast: Cast) -> None:
    held = an_instruction(cast, by=cast.people.officer, text="同意。")
    for facts, field in (
        ({"text": "", "reason": "错"}, "text"), ({"text": "同意。", "reason": "错"}, "text"), ({"text": "好。", "reason": " "}, "reason"),
        ({"text": "好。", "reason": "错", "given_on": clock.today() + timedelta(days=1)}, "given_on"),
    ):  # fmt: skip
        assert refused_at(lambda facts=facts: held.reload().correct(by=cast.people.officer, **facts)) == {field}
    assert not held.corrections.exists()
    assert held.reload().text == "同意。"


def test_what_the_leader_typed_only_the_leader_puts_right(cast: Cast) -> None:
    typed, written = an_instruction(cast), an_instruction(cast, by=cast.people.officer)
    allowed = {
        (name, who)
        for name, held in (("typed", typed), ("written", written))
        for who in ("unit_secretary", "officer", "secretary", "clerk", "leader")
        if not held.refusals("correct", by=getattr(cast.people, who))
    }
    assert allowed == {("typed", "unit_secretary"), ("written", "officer")}
