"""The demo: the same company, people and projects to the letter each time, and never beside anything else."""

import re
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from dangjian.foundation import clock
from dangjian.management.commands.demo import BEGINS_AT
from dangjian.management.demo.company import PASSWORD
from dangjian.management.demo.tale import Told, told, told_in
from dangjian.people.organisation import Organisation
from dangjian.projects.project import Project
from dangjian.projects.succession import SUCCESSION
from dangjian.projects.texts import TEXTS
from tests.cast import Cast
from tests.management.installation import Installation


@pytest.fixture(scope="module")
def demo(empty_installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return made(empty_installation.copy_to(tmp_path_factory.mktemp("demo"), demo=True))


def made(installation: Installation) -> Installation:
    done = installation.run("demo")
    assert done.returncode == 0, done.stderr
    return installation


# Making it


def test_two_demos_are_the_same_to_the_letter(
    demo: Installation, empty_installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = made(empty_installation.copy_to(tmp_path_factory.mktemp("other"), demo=True))
    one, two = demo.everything(), other.everything()
    assert one["dangjian_project"]
    for table, rows in one.items():
        assert rows == two[table], table


def test_a_demo_that_is_there_is_left_alone(demo: Installation, tmp_path_factory: pytest.TempPathFactory) -> None:
    played = demo.copy_to(tmp_path_factory.mktemp("played"), demo=True)
    played.write("UPDATE dangjian_project SET name = '试用的人改过的名称' WHERE id = 20")
    before = played.everything()
    done = played.run("demo")
    assert done.returncode == 0, done.stderr
    assert "zhibu1" in done.stdout
    assert played.everything() == before


def test_the_demo_begins_on_a_working_morning_of_the_round(demo: Installation) -> None:
    offset = timedelta(seconds=float((demo.folder / "demo-clock").read_text()))
    shown = datetime.fromtimestamp((demo.folder / "demo-clock").stat().st_mtime, clock.BEIJING) + offset
    assert abs(shown - BEGINS_AT) < timedelta(minutes=1)


def test_outside_the_demo_nothing_is_made(db: None) -> None:
    with pytest.raises(CommandError, match="没有打开演示模式"):
        call_command("demo")


def test_no_demo_is_made_beside_other_data(cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    before = Organisation.objects.count()
    with pytest.raises(CommandError, match="数据库中已有其他数据"):
        call_command("demo")
    assert Organisation.objects.count() == before


def test_accounts_are_listed_only_where_there_is_a_demo(cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="还没有演示数据"):
        call_command("demo", "--accounts")


# What it holds


def test_every_listed_account_signs_in_with_the_listed_password(demo: Installation) -> None:
    table = demo.run("demo", "--accounts").stdout
    hashes = dict(demo.rows("SELECT username, password FROM dangjian_account"))
    listed = re.findall(r"^([a-z]+[0-9]?) ", table, re.MULTILINE)
    assert f"：{PASSWORD}" in table
    assert sorted(listed) == sorted(hashes)
    assert all(check_password(PASSWORD, hashed) for hashed in hashes.values())


def test_the_demo_holds_every_state_that_a_project_can_reach(demo: Installation) -> None:
    reached = {state for (state,) in demo.rows("SELECT DISTINCT state FROM dangjian_project")}
    # A move that keeps the state has no target of its own.
    assert reached == {"draft"} | {str(move.target) for move in Project.moves if move.target and move not in SUCCESSION}


def test_the_demo_holds_every_move_that_a_project_can_make(demo: Installation) -> None:
    made = {name for (name,) in demo.rows("SELECT DISTINCT name FROM dangjian_movelog WHERE noun = 'project'")}
    # No branch of the demo is about to go: whoever tries it may dissolve one.
    assert made == {move.name for move in Project.moves if move not in SUCCESSION}


def test_work_waits_in_several_units_and_at_both_steps(demo: Installation) -> None:
    waiting = demo.rows(
        "SELECT s.key, COUNT(*), COUNT(DISTINCT s.organisation_id) FROM dangjian_project p JOIN dangjian_approval a"
        " ON a.id = p.approval_id JOIN dangjian_step s ON s.id = a.current_id WHERE p.state = 'in_approval' GROUP BY s.key"
    )
    assert {key for key, _, _ in waiting} == {"screening", "committee"}
    assert all(projects >= 5 and places >= 4 for _, projects, places in waiting)


def test_one_meeting_decided_several_projects_differently(demo: Installation) -> None:
    decided = demo.rows("SELECT COUNT(*), COUNT(DISTINCT decision) FROM dangjian_resolution GROUP BY meeting_id")
    assert (4, 3) in decided


def test_a_project_sent_back_was_handed_in_again(demo: Installation) -> None:
    again = demo.rows(
        "SELECT p.id FROM dangjian_project p JOIN dangjian_revision r ON r.project_id = p.id"
        " WHERE p.state = 'in_approval' GROUP BY p.id HAVING COUNT(*) = 2"
    )
    assert len(again) >= 2


def test_one_project_runs_above_a_year_with_its_reason_and_stage_goal(demo: Installation) -> None:
    long = demo.rows(
        "SELECT p.starts, p.ends FROM dangjian_project p JOIN dangjian_application a ON a.project_id = p.id JOIN"
        " dangjian_round r ON r.id = p.round_id WHERE r.year = 2022 AND a.long_reason <> '' AND a.stage_goal <> ''"
    )
    assert long == [("2022-09", "2023-12")]


def test_every_branch_has_a_secretary_in_office(demo: Installation) -> None:
    without = demo.rows(
        "SELECT short_name FROM dangjian_organisation WHERE kind LIKE '%branch' AND kind <> 'general_branch' AND id NOT IN"
        " (SELECT organisation_id FROM dangjian_appointment WHERE role = 'branch_secretary' AND ends_on IS NULL)"
    )
    assert without == []


def test_a_kind_of_every_organisation_but_the_office_committee_is_there(demo: Installation) -> None:
    kinds = {kind for (kind,) in demo.rows("SELECT DISTINCT kind FROM dangjian_organisation")}
    assert kinds == {"committee", "work_committee", "general_branch", "branch", "joint_branch", "temporary_branch"}


# How it is written

STORIES = [*told_in("2021-"), *told_in("2022-")]


def texts_of(story: Told) -> list[str]:
    return [story["name"], *story.get("facts", {}).values(), *story.get("at_first", {}).values(), *story["events"]]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["key"])
def test_the_texts_use_full_width_punctuation(story: Told) -> None:
    for text in texts_of(story):
        assert not re.search(r"[一-鿿][,;:!?()\"']|[,;:!?()\"'][一-鿿]", text), text


def test_no_two_projects_say_the_same() -> None:
    for one, other in combinations(STORIES, 2):
        for name in TEXTS:
            mine, theirs = one.get("facts", {}).get(name), other.get("facts", {}).get(name)
            assert not mine or mine != theirs, (one["key"], other["key"], name)


def test_no_two_people_share_a_name() -> None:
    def names(one: Told) -> list[str]:
        return [p["name"] for p in one.get("people", [])] + [
            name for below in one.get("below", []) for name in names(below)
        ]

    everyone = names(told("company"))
    assert len(everyone) >= 60
    assert len(set(everyone)) == len(everyone)
