"""A branch is renamed, merged, dissolved or moved, also in mid-approval: no project is lost, no old paper changes."""

from datetime import timedelta
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview.unsigned import for_notice
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.people.scope import in_unit
from dangjian.projects import papers, restructuring
from dangjian.projects.handover import Handover
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring, carry_out_waiting
from tests.cast import Cast, a_draft, a_forwarded_notice, a_screened, a_submitted, an_established


def again(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def place(organisation: Organisation) -> Organisation:
    return Organisation.objects.get(pk=organisation.pk)


def words(meeting: Meeting) -> str:
    """Everything that the two papers of a meeting say."""
    return f"{papers.minutes(meeting, Project.objects.all()).blocks}{papers.establishment_notice(meeting).blocks}"


def person(who: Person) -> Person:
    return Person.objects.get(pk=who.pk)


def a_merger(cast: Cast, **facts: Any) -> Restructuring:
    """The first branch goes into the office branch of the same unit."""
    known: dict[str, Any] = {"successor": cast.places.small_branch, "reason": "一公司党〔2022〕21号"}
    return Restructuring.dissolve(cast.places.branch, by=cast.people.system_admin, **known | facts)


def a_dissolution(cast: Cast) -> Restructuring:
    return a_merger(cast, successor=None)


# Without projects


def test_a_branch_without_projects_under_way_ends_as_it_is_registered(cast: Cast) -> None:
    change = a_merger(cast)
    assert change.state_label == "已生效"
    branch = place(cast.places.branch)
    assert branch.has_ended
    assert person(cast.people.secretary).organisation == cast.places.small_branch
    assert {a.ends_on for a in branch.appointments.all()} == {clock.today()}
    with clock.fixed_at(clock.start_of(clock.today() + timedelta(days=1))):
        assert not person(cast.people.secretary).can(Ability.SUBMIT, branch)


def test_the_people_of_a_dissolved_branch_belong_to_its_superior(cast: Cast) -> None:
    a_dissolution(cast)
    assert person(cast.people.clerk).organisation == cast.places.unit


def test_an_office_that_was_to_begin_later_never_does(cast: Cast) -> None:
    cast.people.member.appoint(
        Role.BRANCH_CLERK,
        organisation=cast.places.branch,
        by=cast.people.security_admin,
        starts_on=clock.today() + timedelta(days=3),
    )
    a_dissolution(cast)
    with clock.fixed_at(clock.start_of(clock.today() + timedelta(days=4))):
        assert not person(cast.people.member).can(Ability.DRAFT, cast.places.branch)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"successor": "branch"}, "请选择另一个"),
        ({"reason": " "}, "填写|不能为空"),
    ],
)
def test_a_merger_needs_another_branch_and_a_ground(cast: Cast, facts: dict[str, Any], told: str) -> None:
    if "successor" in facts:
        facts = {"successor": getattr(cast.places, facts["successor"])}
    with pytest.raises(Refused, match=told):
        a_merger(cast, **facts)
    assert not place(cast.places.branch).has_ended


def test_neither_the_top_nor_what_has_others_below_is_dissolved(cast: Cast) -> None:
    with pytest.raises(Refused, match="最上级党组织不能撤销"):
        Restructuring.dissolve(cast.places.company, successor=None, reason="文", by=cast.people.system_admin)
    with pytest.raises(Refused, match="下级还有 2 个党组织"):
        Restructuring.dissolve(cast.places.unit, successor=None, reason="文", by=cast.people.system_admin)


@pytest.mark.parametrize("who", ["officer", "secretary", "security_admin", "company_officer"])
def test_only_the_system_administrator_registers(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="权限"):
        Restructuring.dissolve(cast.places.branch, successor=None, reason="文", by=getattr(cast.people, who))


# With projects


def test_the_unit_settles_every_project_before_the_branch_ends(cast: Cast) -> None:
    people, heir = cast.people, cast.places.small_branch
    draft, submitted, established = (
        a_draft(cast, name="草稿"),
        a_submitted(cast, name="已报"),
        an_established(cast, name="已立"),
    )
    change = a_merger(cast)
    assert change.state_label == "待移交项目"
    assert set(change.projects()) == {draft, submitted, established}
    assert set(Notice.objects.filter(event=f"restructuring-{change.pk}").values_list("person__name", flat=True)) == {
        "陈静",
        "何平",
    }
    change.settle({draft: heir, submitted: heir}, by=people.officer)
    assert not place(cast.places.branch).has_ended
    change.settle({again(established): heir}, by=people.officer)
    assert place(cast.places.branch).has_ended
    assert Restructuring.objects.get().state_label == "已生效"
    for project in map(again, (draft, submitted, established)):
        assert (project.branch, project.path, project.owner) == (heir, heir.path, people.small_secretary)
        assert project.log().last().label == "移交"
    assert again(submitted).waiting_label == "待筛选"
    assert again(established).number == established.number
    again(submitted).decide("pass", answer=True, by=people.officer)
    told = Notice.objects.filter(person=people.small_secretary, text__contains="移交本支部")
    assert told.count() == 3


def test_the_successor_studies_a_draft_anew_and_keeps_what_was_handed_in(cast: Cast) -> None:
    submitted = a_submitted(cast)
    frozen = submitted.revisions.get().facts["branch"]
    a_merger(cast).settle({submitted: cast.places.small_branch}, by=cast.people.officer)
    project = again(submitted)
    assert project.branch_opinion() is not None
    assert project.revisions.get().facts["branch"] == frozen == cast.places.branch.full_name
    project.decide("return", opinion="补充目标", by=cast.people.officer)
    assert again(submitted).branch_opinion() is None


def test_projects_that_nobody_goes_on_with_end_with_a_reason(cast: Cast) -> None:
    draft, screened, established = (
        a_draft(cast, name="草稿"),
        a_screened(cast, name="待会"),
        an_established(cast, name="已立"),
    )
    change = a_dissolution(cast)
    with pytest.raises(Refused, match="请写明终结的理由"):
        change.settle({draft: None}, by=cast.people.officer)
    change.settle({draft: None, screened: None, established: None}, by=cast.people.officer, reason="工程已经完工")
    states = {project.name: project.state_label for project in map(again, (draft, screened, established))}
    assert states == {"草稿": "已放弃", "待会": "已放弃", "已立": "已终止"}
    assert again(screened).step is None
    assert place(cast.places.branch).has_ended


def test_only_the_unit_s_officer_settles_and_only_to_branches_that_stay(cast: Cast) -> None:
    draft = a_draft(cast)
    change = a_dissolution(cast)
    for who in ("secretary", "system_admin", "foreign_officer", "leader"):
        with pytest.raises(Refused, match="您没有移交、终结该支部项目的权限"):
            change.settle({draft: cast.places.small_branch}, by=getattr(cast.people, who))
    for wrong in (cast.places.branch, cast.places.foreign_branch, cast.places.unit):
        with pytest.raises(Refused, match="请从列出的支部中选择"):
            change.settle({draft: wrong}, by=cast.people.officer)
    assert again(draft).branch == cast.places.branch


@pytest.mark.clause("S-70")
def test_what_passes_to_another_branch_passes_with_a_sheet_for_both_secretaries(cast: Cast) -> None:
    people, heir = cast.people, cast.places.small_branch
    projects = [a_draft(cast, name="草稿"), a_submitted(cast, name="已报")]
    change = a_merger(cast)
    change.settle(dict.fromkeys(projects, heir), by=people.officer)
    (made,) = Handover.objects.all()
    assert (made.branch, made.outgoing, made.incoming, made.on) == (
        heir,
        people.secretary,
        people.small_secretary,
        clock.today(),
    )
    assert set(made.projects.all()) == set(projects)
    told = Notice.objects.get(event=f"handover-{made.pk}", person=people.secretary)
    assert told.text.startswith("一公司机关党支部承接第一项目部党支部的项目，2个项目的主要责任人由张建国 → 周海")


def test_projects_of_a_branch_that_stays_are_neither_passed_on_nor_ended(cast: Cast) -> None:
    project = a_submitted(cast)
    with pytest.raises(Refused, match="没有登记撤销或合并"):
        project.pass_to(cast.places.small_branch, by=cast.people.officer)
    with pytest.raises(Refused, match="没有登记撤销或合并"):
        project.lapse(by=cast.people.officer, reason="不做了")


def test_a_registration_is_taken_back(cast: Cast) -> None:
    a_draft(cast)
    change = a_dissolution(cast)
    with pytest.raises(Refused, match="理由"):
        change.cancel(by=cast.people.system_admin, reason=" ")
    change.cancel(by=cast.people.system_admin, reason="登记有误")
    with pytest.raises(Refused, match="已取消"):
        change.settle({}, by=cast.people.officer)
    a_dissolution(cast)


def test_one_organisation_has_one_change_at_a_time(cast: Cast) -> None:
    a_draft(cast)
    a_dissolution(cast)
    with pytest.raises(Refused, match="已有一项变动"):
        a_dissolution(cast)


# Renamed


def test_a_renamed_branch_keeps_its_old_name_on_old_papers(cast: Cast) -> None:
    project = an_established(cast)
    meeting = Meeting.objects.get(organisation=cast.places.unit)
    with clock.fixed_at("2022-09-10 09:00"):
        Restructuring.rename(
            place(cast.places.branch), full_name="第一工程公司云江大桥项目部党支部", short_name="云江大桥项目部党支部",
            reason="一公司党〔2022〕30号", by=cast.people.system_admin,
        )  # fmt: skip
        Restructuring.rename(
            place(cast.places.unit), full_name="中共华川一局委员会", short_name="一局党委",
            reason="集团党〔2022〕50号", by=cast.people.system_admin,
        )  # fmt: skip
        assert place(cast.places.branch).short_name == "云江大桥项目部党支部"
        old = words(meeting)
        assert "第一项目部党支部" in old
        assert "中共华川建设集团第一工程有限公司委员会" in old
        assert "云江大桥" not in old
        assert "一局" not in old
        assert again(project).revisions.get().facts["branch"] == "第一工程公司第一项目部党支部"
    assert [change.state_label for change in Restructuring.objects.all()] == ["已生效", "已生效"]


def test_a_name_that_does_not_change_or_is_taken_is_refused(cast: Cast) -> None:
    branch, admin = cast.places.branch, cast.people.system_admin
    with pytest.raises(Refused, match="相同"):
        Restructuring.rename(branch, full_name=branch.full_name, reason="文", by=admin)
    with pytest.raises(Refused, match="同名"):
        Restructuring.rename(place(branch), full_name=cast.places.small_branch.full_name, reason="文", by=admin)
    assert not branch.former_names.exists()


# Moved


def test_a_branch_moves_with_all_that_lies_there_and_waits_for_its_new_unit(cast: Cast) -> None:
    people, branch = cast.people, cast.places.branch
    submitted, established = a_submitted(cast, name="已报"), an_established(cast, name="已立")
    submitted.hand_over(to=people.colleague, by=people.officer)
    change = Restructuring.move_to(
        branch, parent=cast.places.other_unit, reason="集团党〔2022〕51号", by=people.system_admin
    )
    moved = place(branch)
    assert moved.path.startswith(cast.places.other_unit.path)
    assert change.path == moved.path
    for project in map(again, (submitted, established)):
        assert (project.path, project.unit) == (moved.path, cast.places.other_unit)
        assert project.log().last().opinion == "随支部由一公司党委划转二公司党委"
    waiting = again(submitted)
    assert waiting.step is not None
    assert (waiting.step.organisation, waiting.step.assignee) == (cast.places.other_unit, None)
    assert list(waiting.handlers()) == [people.foreign_officer]
    assert not Project.objects.visible_to(person(people.officer)).exists()
    with pytest.raises(Refused):
        again(submitted).decide("pass", answer=True, by=person(people.officer))
    again(submitted).decide("pass", answer=True, by=person(people.foreign_officer))
    assert person(people.secretary).can(Ability.SUBMIT, moved)
    # The branch's own meetings go along, those of the unit stay.
    assert {m.path for m in Meeting.objects.filter(organisation=branch)} == {moved.path}
    assert Meeting.objects.filter(organisation=cast.places.unit).get().path == cast.places.unit.path


def test_a_subtree_moves_as_a_whole_and_keeps_its_order(cast: Cast) -> None:
    admin = cast.people.system_admin
    old = cast.places.unit
    before = list(Organisation.objects.filter(in_unit(old)).in_order().values_list("pk", flat=True))
    general = Organisation.found(
        parent=cast.places.other_unit,
        by=cast.people.system_admin,
        kind=Kind.GENERAL_BRANCH,
        full_name="新港总支",
        short_name="新港总支",
    )
    Restructuring.move_to(old, parent=general, reason="集团党〔2022〕51号", by=admin)
    moved = place(old)
    assert moved.depth == 4
    assert list(Organisation.objects.filter(in_unit(moved)).in_order().values_list("pk", flat=True)) == before
    for branch in (place(cast.places.branch), place(cast.places.small_branch)):
        assert branch.path.startswith(moved.path)
        assert branch.rank.startswith(moved.rank)
        assert branch.unit == moved


@pytest.mark.parametrize(
    ("what", "where", "told"),
    [
        ("company", "unit", "最上级党组织不能划转"),
        ("branch", "unit", "现在就在"),
        ("unit", "unit", "自己或自己的下级"),
        ("unit", "branch", "自己或自己的下级"),
        ("branch", "foreign_branch", "请选择没有撤销的党委"),
    ],
)
def test_nothing_moves_where_it_cannot_hang(cast: Cast, what: str, where: str, told: str) -> None:
    paths = list(Organisation.objects.order_by("pk").values_list("path", flat=True))
    with pytest.raises(Refused, match=told):
        Restructuring.move_to(
            getattr(cast.places, what), parent=getattr(cast.places, where), reason="文", by=cast.people.system_admin
        )
    assert list(Organisation.objects.order_by("pk").values_list("path", flat=True)) == paths


def test_every_change_is_audited(cast: Cast) -> None:
    draft = a_draft(cast)
    change = a_dissolution(cast)
    change.settle({draft: cast.places.small_branch}, by=cast.people.officer)
    actions = set(
        AuditEntry.objects.filter(action__regex="restructuring|organisation.dissolve|project.pass_to").values_list(
            "action", flat=True
        )
    )
    assert actions == {"restructuring.dissolve", "restructuring.conclude", "organisation.dissolve", "project.pass_to"}


# What it had still to sign for


@pytest.mark.clause("S-01")
def test_what_a_dissolved_branch_did_not_sign_is_not_waited_for(cast: Cast) -> None:
    notice, people = a_forwarded_notice(cast), cast.people
    assert notice.unsigned_of(cast.places.unit).count() == 2
    Restructuring.dissolve(cast.places.branch, successor=None, reason="文", by=people.system_admin)
    assert [each.organisation for each in notice.unsigned_of(cast.places.unit)] == [cast.places.small_branch]
    assert "第一项目部党支部" not in for_notice(people.officer, notice)
    with pytest.raises(Refused, match="第一项目部党支部已撤销，不用签收"):
        notice.receipts.get(organisation=cast.places.branch).sign(by=people.secretary)


# Carried out by the worker


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is too much to be moved while the administrator waits."""
    monkeypatch.setattr(restructuring, "AT_ONCE", 0)


def a_move(cast: Cast, by: Person | None = None) -> Restructuring:
    return Restructuring.move_to(
        place(cast.places.branch), parent=cast.places.other_unit, reason="集团党〔2022〕51号",
        by=by or person(cast.people.system_admin),
    )  # fmt: skip


def test_what_is_much_is_queued_and_moves_all_at_once(cast: Cast, heavy: None) -> None:
    people = cast.people
    submitted, established = a_submitted(cast, name="已报"), an_established(cast, name="已立")
    change = a_move(cast)
    assert change.state_label == "等待执行"
    # Until then everything stays: the old unit decides, the new one sees nothing.
    assert place(cast.places.branch).path == cast.places.branch.path
    assert person(people.officer).can(Ability.SCREEN, again(submitted))
    assert not Project.objects.visible_to(person(people.foreign_officer)).exists()
    assert carry_out_waiting() == 1
    assert carry_out_waiting() == 0
    change = Restructuring.objects.get()
    assert (change.state_label, change.path) == ("已生效", place(cast.places.branch).path)
    assert [made.label for made in change.log()] == ["开始执行", "执行完成"]
    assert not Project.objects.visible_to(person(people.officer)).exists()
    for project in map(again, (submitted, established)):
        assert (project.path, project.unit) == (change.path, cast.places.other_unit)
        assert project.log().last().opinion == "随支部由一公司党委划转二公司党委"
    assert list(again(submitted).handlers()) == [people.foreign_officer]
    told = Notice.objects.filter(event=f"restructuring-{change.pk}-done")
    assert {notice.person for notice in told} == {people.system_admin, people.foreign_officer}
    assert "2个未了结的项目随之由二公司党委办理" in told[0].text
    followed = AuditEntry.objects.filter(action="project.follow_branch").values_list("noun_id", flat=True)
    assert set(followed) == {submitted.pk, established.pk}


def test_a_move_of_little_waits_for_nobody(cast: Cast) -> None:
    assert a_move(cast).state_label == "已生效"


def test_what_is_refused_when_its_turn_comes_changes_nothing_and_says_why(cast: Cast, heavy: None) -> None:
    people, change = cast.people, a_move(cast)
    new_home = place(cast.places.other_unit)
    for branch in Organisation.objects.filter(parent=new_home):
        Restructuring.dissolve(branch, successor=None, reason="文", by=people.system_admin)
    Restructuring.dissolve(new_home, successor=None, reason="文", by=people.system_admin)
    carry_out_waiting()
    change = change.reload()
    assert change.state_label == "未执行"
    assert change.log().last().opinion == "请选择没有撤销的党委、党工委或党总支"
    assert "没有执行" in Notice.objects.get(event__startswith=f"restructuring-{change.pk}-").text
    assert place(cast.places.branch).parent == cast.places.unit
    change.cancel(by=people.system_admin, reason="另行划转")
    with pytest.raises(Refused, match="已取消"):
        change.retry(by=people.system_admin)


def test_whoever_lost_the_right_meanwhile_moves_nothing(cast: Cast, heavy: None) -> None:
    newcomer = Person.enrol(name="新管理员", organisation=cast.places.company, by=cast.people.system_admin)
    keeper = cast.people.security_admin
    newcomer.appoint(Role.SYSTEM_ADMIN, organisation=cast.places.company, by=keeper, with_subtree=True)
    change = a_move(cast, by=person(newcomer))
    newcomer.appointments.get().end(on=clock.today(), by=keeper)
    with clock.fixed_at("2022-08-25 00:00"):
        carry_out_waiting()
    assert change.reload().state_label == "未执行"
    assert place(cast.places.branch).parent == cast.places.unit


def test_an_error_leaves_everything_and_is_tried_again_when_asked(
    cast: Cast, heavy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, change = a_submitted(cast), a_move(cast)
    with monkeypatch.context() as broken:
        broken.setattr(Project, "follow_branch", lambda *_, **__: 1 / 0)
        carry_out_waiting()
    change = change.reload()
    assert "没有作任何变动" in change.log().last().opinion
    assert again(project).path == cast.places.branch.path == place(cast.places.branch).path
    with pytest.raises(Refused, match="权限"):
        change.retry(by=cast.people.officer)
    change.retry(by=cast.people.system_admin)
    assert carry_out_waiting() == 1
    assert again(project).unit == cast.places.other_unit


def test_a_move_whose_worker_died_is_taken_up_again_but_not_for_ever(cast: Cast, heavy: None) -> None:
    change = a_move(cast)
    assert change.begin()
    assert carry_out_waiting() == 0
    for minutes in (16, 32, 48):
        with clock.fixed_at(clock.now() + timedelta(minutes=minutes)):
            assert Restructuring.objects.to_carry_out().get().begin()
    with clock.fixed_at(clock.now() + timedelta(minutes=64)):
        carry_out_waiting()
    assert "几次都没有执行完" in change.reload().log().last().opinion


def test_a_queued_move_is_taken_back(cast: Cast, heavy: None) -> None:
    change = a_move(cast)
    with pytest.raises(Refused, match="已有一项变动"):
        a_move(cast)
    change.cancel(by=cast.people.system_admin, reason="登记有误")
    assert carry_out_waiting() == 0
    assert place(cast.places.branch).parent == cast.places.unit


def test_a_branch_into_which_another_goes_does_not_end_meanwhile(cast: Cast) -> None:
    a_draft(cast)
    a_merger(cast)
    with pytest.raises(Refused, match="第一项目部党支部正在并入"):
        Restructuring.dissolve(
            place(cast.places.small_branch), successor=None, reason="文", by=cast.people.system_admin
        )
