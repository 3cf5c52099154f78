"""Access: one table of grants, in plain language, with nothing in it that nobody may or everybody may."""

import pytest

from dangjian.people.access import ADMINISTRATION, ADMINISTRATORS, GRANTS, Ability, Role, names_of, roles_with
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from tests.cast import Cast, an_established


@pytest.mark.parametrize("role", Role)
def test_every_role_is_in_the_table_and_says_what_it_is_for(role: Role) -> None:
    assert role in GRANTS
    assert len(role.description) >= 5
    assert role.label in names_of([role])


@pytest.mark.parametrize("ability", Ability)
def test_every_right_is_somebody_s_and_nobody_has_them_all(ability: Ability) -> None:
    holders = roles_with(ability)
    assert holders
    assert set(holders) == {role for role in Role if ability in GRANTS[role]}
    assert all(GRANTS[role] < set(Ability) for role in holders)


def test_three_separate_administrators_hold_no_business_right() -> None:
    assert {role.label for role in ADMINISTRATORS} == {"系统管理员", "安全管理员", "审计管理员"}
    assert all(len(GRANTS[role]) == 1 and GRANTS[role] < ADMINISTRATION for role in ADMINISTRATORS)
    assert all(not grants & ADMINISTRATION for role, grants in GRANTS.items() if role not in ADMINISTRATORS)


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_sees_no_project_and_no_meeting(cast: Cast, who: str) -> None:
    an_established(cast)
    person = getattr(cast.people, who)
    assert not Project.objects.visible_to(person).exists()
    assert not Meeting.objects.visible_to(person).exists()


def test_those_who_write_do_not_decide_and_those_who_decide_do_not_write() -> None:
    writing = {Ability.DRAFT, Ability.RECORD_BRANCH_OPINION, Ability.SUBMIT}
    deciding = {Ability.SCREEN, Ability.RECORD_MEETING, Ability.REOPEN_WINDOW}
    assert all(not (grants & writing and grants & deciding) for grants in GRANTS.values())


def test_whoever_may_do_something_with_a_project_may_see_it() -> None:
    of_projects = set(Ability) - {Ability.VIEW_PROJECT, Ability.ISSUE_SCHEME, Ability.REOPEN_WINDOW, *ADMINISTRATION}
    assert all(Ability.VIEW_PROJECT in grants for grants in GRANTS.values() if grants & of_projects)


def test_roles_are_named_in_words() -> None:
    assert names_of(roles_with(Ability.DRAFT)) == "支部经办人、党支部书记"
    assert names_of([]) == ""
