"""The application: what may be typed and saved, what submission asks for, what is pointed out."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.people.access import Role
from dangjian.people.person import Person, PoliticalStatus
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.application_files import MOST_FILES
from dangjian.projects.naming import likeness
from dangjian.projects.project import Project
from dangjian.projects.revision import facts_of
from dangjian.projects.texts import TEXTS
from tests.cast import CATEGORIES, FACTS, Cast, a_draft, a_submitted, an_agreed_draft, an_established

PDF = b"%PDF-1.7 minutes"
ASKED = ("problem", "necessity", "feasibility", "measures", "expected_goal", "expected_value")


def fill(project: Project, facts: dict[str, Any] | None = None, *, by: Person | None = None, **more: Any) -> Project:
    """Save some facts, as they stand in the database afterwards."""
    project = Project.objects.get(pk=project.pk)
    project.application.fill(facts or {}, by=by or project.created_by, seen=project.application.edits, **more)
    return Project.objects.get(pk=project.pk)


def refused_with(project: Project, facts: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, str]]:
    before = (facts_of(Project.objects.get(pk=project.pk)), AuditEntry.objects.count())
    with pytest.raises(Refused) as refused:
        fill(project, facts, **more)
    assert (facts_of(Project.objects.get(pk=project.pk)), AuditEntry.objects.count()) == before
    return [(reason.field, reason.text) for reason in refused.value.reasons]


def missing(project: Project) -> list[str]:
    project = Project.objects.get(pk=project.pk)
    return [reason.field for reason in project.application.missing(project.rules)]


# Saving


def test_gaps_are_saved_and_asked_for_later(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="只有名称", by=cast.people.clerk)
    project = fill(project, {"problem": "先写一句"})
    assert project.application.problem == "先写一句"
    assert (project.application.edits, project.application.edited_by) == (1, cast.people.clerk)
    assert project.application.edited_at == project.changed_at == clock.now()


def test_what_is_not_sent_stays_as_it_was(cast: Cast) -> None:
    before = facts_of(a_draft(cast))
    after = facts_of(fill(Project.objects.get(), {"problem": "改过"}))
    assert after == before | {"problem": "改过"}


def test_texts_keep_their_lines_and_lose_the_space_around_them(cast: Cast) -> None:
    project = fill(a_draft(cast), {"measures": "  1.第一条\r\n2.第二条\n ", "name": "  节能\u3000降耗   项目 "})
    assert project.application.measures == "1.第一条\n2.第二条"
    assert project.name == "节能 降耗 项目"


@pytest.mark.parametrize("facts", [{"starts": "八月"}, {"ends": "2022-13"}, {"starts": "2023-01"}])
def test_a_date_is_checked_against_the_one_already_there(cast: Cast, facts: dict[str, str]) -> None:
    told = refused_with(a_draft(cast), facts)
    assert [field for field, _ in told] == (["ends"] if facts == {"starts": "2023-01"} else list(facts))


def test_dates_may_be_left_open(cast: Cast) -> None:
    project = fill(a_draft(cast), {"starts": "2022-09", "ends": ""})
    assert (project.starts, project.ends, project.period) == ("2022-09", "", None)
    assert missing(project) == ["starts"]


@pytest.mark.clause("S-106")
@pytest.mark.parametrize(
    ("name", "told"),
    [("", "请填写项目名称"), (" \u3000", "请填写项目名称"), ("长" * 61, "项目名称最多 60 字，现有 61 字")],
)
def test_a_project_has_a_name_and_not_too_long_a_one(cast: Cast, name: str, told: str) -> None:
    assert refused_with(a_draft(cast), {"name": name}) == [("name", told)]
    with pytest.raises(Refused, match=told):
        Project.draft(branch=cast.places.branch, name=name, by=cast.people.secretary)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_has_its_limit_from_the_scheme(cast: Cast, name: str) -> None:
    project = a_draft(cast)
    most = project.rules.field(name).max_length
    assert getattr(fill(project, {name: "长" * most}).application, name) == "长" * most
    assert refused_with(project, {name: "长" * (most + 1)}) == [(name, f"最多 {most} 字，现有 {most + 1} 字")]


def test_every_fault_is_told_at_once(cast: Cast) -> None:
    facts = {"name": "", "ends": "x", "problem": "长" * 5000}
    told = refused_with(a_draft(cast), facts, categories={"topic": ["unheard_of"]})
    assert [field for field, _ in told] == ["name", "ends", "problem", "topic"]


def test_codes_are_those_of_the_scheme_each_once_in_the_order_chosen(cast: Cast) -> None:
    project = fill(a_draft(cast), categories={"topic": ["saving", "market", "saving"], "innovation": ["system"]})
    assert project.codes_by_axis() == {**CATEGORIES, "topic": ["saving", "market"], "innovation": ["system"]}
    project = fill(project, categories={"topic": ["tackling"], "innovation": []})
    assert project.codes_by_axis() == {**CATEGORIES, "topic": ["tackling"]}


def test_the_team_is_replaced_as_a_whole_and_kept_where_it_is_not_sent(cast: Cast) -> None:
    project = a_draft(cast)
    project = fill(project, team=[(cast.people.member, " 组长 "), (cast.people.clerk, "")])
    project = fill(project, {"problem": "改过"})
    assert {(member.person.name, member.duty) for member in project.team.all()} == {("王强", "组长"), ("李敏", "")}


@pytest.mark.parametrize("who", ["member", "staff", "small_secretary", "officer", "leader", "system_admin"])
def test_only_the_branch_s_own_handlers_fill_in(cast: Cast, who: str) -> None:
    assert refused_with(a_draft(cast), {"problem": "改"}, by=getattr(cast.people, who)) == [
        ("", "您没有填写这份申请表的权限")
    ]


@pytest.mark.parametrize("builder", [a_submitted, an_established])
def test_nothing_is_changed_after_submission(cast: Cast, builder: Any) -> None:
    project = builder(cast)
    told = refused_with(project, {"problem": "改"}, by=cast.people.secretary)
    assert told == [("", f"当前状态为“{project.waiting_label}”，不能修改申请表")]


def test_saving_is_on_the_trail_without_what_was_written(cast: Cast) -> None:
    project = fill(a_draft(cast), {"problem": "不宜外传的情况", "ends": "2022-11"})
    row = AuditEntry.objects.filter(action="application.fill").latest("pk")
    assert (row.noun_id, row.details) == (project.pk, {"fields": ["ends", "problem"]})


def test_saving_what_already_stands_there_leaves_no_trace(cast: Cast) -> None:
    project = a_draft(cast)
    project = fill(project, team=[(cast.people.member, "组长")])
    edits, rows = project.application.edits, AuditEntry.objects.count()
    with clock.fixed_at("2022-08-25 10:00"):
        again = fill(
            project,
            {**FACTS, "problem": f" {FACTS['problem']}\r\n"},
            categories=CATEGORIES,
            team=[(cast.people.member, " 组长 ")],
        )
        assert (again.application.edits, AuditEntry.objects.count()) == (edits, rows)
        assert again.application.edited_at == project.application.edited_at
        for change in ({"categories": {"origin": []}}, {"team": []}, {"facts": {"ends": "2022-11"}}):
            again = fill(again, **change)
    assert again.application.edits == edits + 3


def test_the_second_of_two_writers_is_told_even_where_they_agree_on_most(cast: Cast) -> None:
    project = a_draft(cast)
    stale = project.application.edits
    fill(project, {"problem": "先存的"})
    with pytest.raises(Overtaken, match="张建国在09:00保存过这份申请表"):
        Project.objects.get(pk=project.pk).application.fill({"problem": "后存的"}, by=cast.people.clerk, seen=stale)


# Files beside the texts


@pytest.mark.clause("S-12", "S-18")
def test_a_file_is_kept_beside_its_text_and_may_be_taken_away_again(cast: Cast) -> None:
    application = a_draft(cast).application
    kept = application.attach("consultation", chunks=[PDF], name="会议记录.pdf", by=cast.people.clerk)
    assert list(application.files()) == [kept]
    application.detach(kept.pk, by=cast.people.secretary)
    assert not application.files()
    assert kept.evidence.file.read_bytes() == PDF
    row = AuditEntry.objects.get(action="application.detach")
    assert row.details == {"slot": "consultation", "sha256": kept.evidence.sha256}
    with pytest.raises(Refused, match="这个文件已经移除"):
        application.detach(kept.pk, by=cast.people.secretary)


def test_files_are_those_of_the_form_and_not_without_end(cast: Cast) -> None:
    application = a_draft(cast).application
    with pytest.raises(Refused, match="这一栏不能上传文件"):
        application.attach("problem", chunks=[PDF], name="a.pdf", by=cast.people.clerk)
    for number in range(MOST_FILES - 1):
        application.attach("investigation", chunks=[PDF, bytes([number])], name="a.pdf", by=cast.people.clerk)
    with pytest.raises(Refused, match=r"和已上传的“.+”内容相同，不用再传") as refused:
        application.attach("investigation", chunks=[PDF, b"\0"], name="b.pdf", by=cast.people.clerk)
    assert refused.value.reasons[0].field == "investigation_files"
    # Beside another text the same file may stand.
    application.attach("consultation", chunks=[PDF, b"\0"], name="b.pdf", by=cast.people.clerk)
    application.attach("investigation", chunks=[PDF], name="c.pdf", by=cast.people.clerk)
    with pytest.raises(Refused, match="每一栏最多上传 20 个文件") as refused:
        application.attach("investigation", chunks=[PDF, b"new"], name="d.pdf", by=cast.people.clerk)
    assert refused.value.reasons[0].field == "investigation_files"


@pytest.mark.parametrize("who", ["member", "small_secretary", "officer"])
def test_files_are_the_branch_s_to_put_and_to_take_away(cast: Cast, who: str) -> None:
    application = a_draft(cast).application
    kept = application.attach("consultation", chunks=[PDF], name="a.pdf", by=cast.people.clerk)
    for act in (
        lambda by: application.attach("consultation", chunks=[PDF], name="b.pdf", by=by),
        lambda by: application.detach(kept.pk, by=by),
    ):
        with pytest.raises(Refused, match="您没有填写这份申请表的权限"):
            act(getattr(cast.people, who))
    assert list(application.files()) == [kept]


def test_a_submission_names_its_files_and_nobody_touches_them_then(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    kept = project.application.attach("consultation", chunks=[PDF], name="会议记录.pdf", by=cast.people.clerk)
    project.submit(by=cast.people.secretary)
    frozen = project.revisions.get().facts["files"]
    assert frozen == [{"slot": "consultation", "name": "会议记录.pdf", "sha256": kept.evidence.sha256}]
    with pytest.raises(Refused, match="不能修改申请表"):
        Project.objects.get(pk=project.pk).application.detach(kept.pk, by=cast.people.secretary)


# An older project to begin from


def test_what_the_year_s_form_no_longer_takes_stays_behind(cast: Cast) -> None:
    old, new = a_draft(cast), Project.draft(branch=cast.places.branch, name="新", by=cast.people.clerk)
    old.application.problem = "长" * 801
    old.application.save()
    old.categories.create(axis="topic", code="gone")
    old.categories.create(axis="gone", code="gone")
    old.team.create(person=cast.people.small_secretary)
    new.application.begin_like(old, by=cast.people.clerk)
    new = Project.objects.get(pk=new.pk)
    assert (new.application.problem, new.application.measures) == ("", FACTS["measures"])
    assert new.codes_by_axis() == CATEGORIES
    assert [member.person for member in new.team.all()] == [cast.people.secretary]


def test_an_older_project_is_the_same_branch_s(cast: Cast) -> None:
    foreign = a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary)
    new = Project.draft(branch=cast.places.branch, name="新", by=cast.people.clerk)
    with pytest.raises(Refused, match="只能以本支部的项目为底稿"):
        new.application.begin_like(foreign, by=cast.people.clerk)
    assert new.reload().application.problem == ""


# What submission asks for


def test_a_complete_application_lacks_nothing(cast: Cast) -> None:
    assert missing(a_draft(cast)) == []


@pytest.mark.clause("S-03", "S-22", "S-107")
@pytest.mark.parametrize("name", ASKED)
def test_each_text_that_the_plan_asks_for_is_missed_even_where_only_space_was_typed(cast: Cast, name: str) -> None:
    assert missing(fill(a_draft(cast), {name: " \n\u3000"})) == [name]


@pytest.mark.clause("S-10")
def test_an_origin_must_be_chosen_and_may_be_both(cast: Cast) -> None:
    project = a_draft(cast)
    assert missing(fill(project, categories={"origin": []})) == ["origin"]
    assert missing(fill(project, categories={"origin": ["production", "party_work"]})) == []


@pytest.mark.clause("S-07", "S-09", "S-11", "S-15", "S-16", "S-19", "S-73")
def test_every_other_axis_may_be_chosen_from_in_full_or_left_alone(cast: Cast) -> None:
    project = a_draft(cast)
    everything = {axis.key: [item.code for item in axis.items] for axis in project.rules.taxonomies}
    assert missing(fill(project, categories=everything)) == []
    assert missing(fill(project, categories={axis: [] for axis in everything if axis != "origin"})) == []


@pytest.mark.clause("S-24", "S-25")
def test_above_one_year_reason_and_stage_goal_are_missed_until_they_are_written(cast: Cast) -> None:
    project = fill(a_draft(cast), {"ends": "2023-09"})
    assert missing(project) == ["long_reason", "stage_goal"]
    project = fill(project, {"stage_goal": "2022年12月底前单耗降到6.0"})
    assert missing(project) == ["long_reason"]
    project = fill(project, {"long_reason": "停输期内分两年实施"})
    assert missing(project) == []


def under(cast: Cast, was: str, becomes: str) -> Project:
    """A draft of 2023 under a scheme that says otherwise in one place. Needs a clock in 2023."""
    text = source_plan_text().replace("plan_year: 2022", "plan_year: 2023", 1).replace(was, becomes, 1)
    scheme = SchemeVersion.issue(text, by=cast.people.company_officer)
    Round.open(scheme, by=cast.people.company_officer)
    return a_draft(cast, starts="2023-08", ends="2023-12")


@pytest.mark.clause("S-25")
def test_a_scheme_may_ask_for_the_stage_goal_of_whatever_crosses_the_year_s_end(cast: Cast) -> None:
    with clock.fixed_at("2023-08-20 09:00"):
        project = under(cast, "stage_goal_when: over_one_year", "stage_goal_when: crosses_year_end")
        assert missing(project) == []
        assert missing(fill(project, {"ends": "2024-01"})) == ["stage_goal"]
        assert missing(fill(project, {"ends": "2024-09"})) == ["long_reason", "stage_goal"]


@pytest.mark.clause("S-24")
def test_a_scheme_may_set_another_limit_than_a_year(cast: Cast) -> None:
    with clock.fixed_at("2023-08-20 09:00"):
        project = under(cast, "max_months: 12", "max_months: 3")
    lacking = list(project.application.missing(project.rules))
    assert [str(reason) for reason in lacking] == [
        "起止时间超过3个月，请写明理由",
        "请写明2023年12月31日前要形成的阶段性目标",
    ]


@pytest.mark.clause("S-103")
def test_the_form_is_dated_on_the_day_of_submission_or_as_the_branch_says(cast: Cast) -> None:
    assert a_submitted(cast).application.filled_on == clock.today()
    mine = an_agreed_draft(cast, name="另一个项目")
    mine = fill(mine, {"filled_on": date(2022, 8, 20)})
    mine.submit(by=cast.people.secretary)
    assert Project.objects.get(pk=mine.pk).application.filled_on == date(2022, 8, 20)


@pytest.mark.clause("S-103")
def test_the_form_cannot_be_dated_ahead(cast: Cast) -> None:
    with pytest.raises(Refused, match="填表时间不能晚于今天") as refused:
        fill(a_draft(cast), {"filled_on": date(2022, 8, 25)})
    assert refused.value.reasons[0].field == "filled_on"


@pytest.mark.clause("S-70")
def test_without_a_secretary_in_office_nothing_is_submitted(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    acting = cast.people.unit_secretary
    acting.appoint(
        Role.BRANCH_SECRETARY, organisation=cast.places.unit, by=cast.people.security_admin, with_subtree=True
    )
    cast.people.secretary.appointments.get().end(on=clock.today(), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-25 09:00"):
        with pytest.raises(Refused, match="本支部没有在任书记，不能确定项目主要责任人"):
            Project.objects.get(pk=project.pk).submit(by=acting)
        cast.people.member.appoint(
            Role.BRANCH_SECRETARY, organisation=cast.places.branch, by=cast.people.security_admin
        )
        Project.objects.get(pk=project.pk).submit(by=acting)
    assert Project.objects.get(pk=project.pk).owner == cast.people.member


# What is pointed out


@pytest.mark.clause("S-71")
@pytest.mark.parametrize("status", PoliticalStatus)
def test_a_team_without_a_party_member_is_pointed_out(cast: Cast, status: PoliticalStatus) -> None:
    Person.objects.filter(pk=cast.people.member.pk).update(political_status=status)
    project = fill(a_draft(cast), team=[(cast.people.member, "")])
    pointed_out = "team" in [reason.field for reason in project.application.advice()]
    assert pointed_out == (status not in (PoliticalStatus.MEMBER, PoliticalStatus.PROBATIONARY))


@pytest.mark.clause("S-23")
def test_a_project_is_not_like_itself_nor_like_a_draft(cast: Cast) -> None:
    a_draft(cast, cast.places.small_branch, cast.people.small_secretary)
    assert Project.objects.reading_like(an_established(cast)) == []


NAMES = st.text("节能降耗党员作用提质增效安全攻关0123，“”", max_size=24)


@pytest.mark.clause("S-23")
@given(NAMES, NAMES)
def test_being_alike_works_both_ways_and_with_oneself(one: str, other: str) -> None:
    assert likeness(one)(other) == likeness(other)(one)
    assert likeness(one)(one) == (sum(character.isalnum() for character in one) >= 2)
    assert likeness(one)(f"“{one}”！") == likeness(one)(one)


@pytest.mark.parametrize(
    ("other", "like"),
    [
        ("发挥党员作用实现节能降耗50万元", True),
        ("实现节能降耗30万元", True),
        ("发挥党员作用，实现节能降耗30万元，推广到全部项目部并形成长效机制", True),
        ("盾构区间沉降控制攻关", False),
        ("发挥党员先锋作用，破解用工难题", False),
    ],
)
def test_names_are_alike_where_most_of_the_shorter_stands_in_the_longer(other: str, like: bool) -> None:
    assert likeness(FACTS["name"])(other) == like


def advised(project: Project) -> list[str]:
    return [str(reason) for reason in Project.objects.get(pk=project.pk).application.advice()]


@pytest.mark.clause("S-24")
@pytest.mark.parametrize(
    ("starts", "ends", "told"),
    [
        ("2022-01", "2022-12", []),
        ("2021-12", "2022-12", ["开始时间早于2022年度，请核对"]),
        ("2022-08", "2025-08", []),
        ("2022-08", "2025-09", ["完成时间在三年以后，请核对"]),
    ],
)
def test_odd_dates_are_pointed_out(cast: Cast, starts: str, ends: str, told: list[str]) -> None:
    assert advised(a_draft(cast, starts=starts, ends=ends)) == told


@pytest.mark.clause("S-30")
def test_a_change_after_the_branch_met_is_pointed_out(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    with clock.fixed_at("2022-08-24 10:00"):
        assert advised(fill(project, dict(FACTS), categories=CATEGORIES)) == []
        changed = fill(project, {"problem": "会后改的"})
    assert advised(changed) == ["支部委员会研究之后，申请表又有改动，请确认是否需要再研究"]


@pytest.mark.clause("S-28")
def test_a_returned_application_that_stands_still_is_pointed_out(cast: Cast) -> None:
    project = a_submitted(cast)
    assert advised(project) == []
    project.decide("return", by=cast.people.officer, opinion="请量化目标")
    unchanged = "退回之后申请表还没有改动，请先按退回意见修改"
    assert advised(project) == [unchanged]
    assert unchanged not in advised(fill(project, {"expected_goal": "节约35万元。"}))


# What is frozen


@pytest.mark.clause("S-21")
def test_a_submission_freezes_every_fact(cast: Cast) -> None:
    project = a_submitted(cast)
    revision = project.revisions.get()
    assert (revision.number, revision.by, revision.at) == (1, cast.people.secretary, clock.now())
    assert revision.facts == facts_of(project) | {"filled_on": "2022-08-24"}
    assert revision.facts["categories"] == CATEGORIES
    assert revision.facts["team"] == [{"name": "张建国", "duty": ""}]
    assert {name: revision.facts[name] for name in FACTS} == FACTS


def test_each_submission_after_a_return_is_one_more_revision(cast: Cast) -> None:
    project = a_submitted(cast)
    project.recall(by=cast.people.secretary)
    Project.objects.get(pk=project.pk).submit(by=cast.people.secretary)
    assert [str(revision) for revision in project.revisions.all()] == ["第1次提交", "第2次提交"]
