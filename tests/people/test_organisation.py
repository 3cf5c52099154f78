"""The Party organisation: one tree, its order, its units, and what its deciding bodies are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account
from dangjian.people.organisation import BRANCH_KINDS, Kind, Organisation
from tests.cast import Cast
from tests.examples import IN_ONE_DATABASE, taken_back
from tests.people.trees import Sprout, grown, sprouts


def found(parent: Organisation | None, name: str, kind: Kind = Kind.COMMITTEE, **facts: object) -> Organisation:
    return Organisation.found(
        parent=parent,
        by=Account.objects.get(username="system-admin").person,
        kind=kind,
        full_name=name,
        short_name=name,
        **facts,
    )


# The tree


@IN_ONE_DATABASE
@given(grow=sprouts())
def test_every_organisation_lies_below_its_superior_and_nobody_shares_a_path(cast: Cast, grow: list[Sprout]) -> None:
    with taken_back():
        tree = grown(cast.places.company, grow)
        assert len({node.path for node in tree.nodes}) == len(tree.nodes)
        for place, node in enumerate(tree.nodes[1:], start=1):
            chain = [tree.nodes[upper] for upper in tree.superiors(place)]
            assert node.path.startswith(chain[0].path)
            assert node.depth == chain[0].depth + 1
            assert list(node.ancestors()) == [cast.places.company, *reversed(chain)]


@IN_ONE_DATABASE
@given(grow=sprouts())
def test_the_order_is_that_of_the_drawn_tree(cast: Cast, grow: list[Sprout]) -> None:
    with taken_back():
        tree = grown(cast.places.company, grow)
        ordered = Organisation.objects.in_unit(tree.nodes[0]).in_order()
        assert list(ordered) == [tree.nodes[place] for place in tree.drawn()]


@pytest.mark.clause("S-20")
@IN_ONE_DATABASE
@given(grow=sprouts())
def test_the_unit_is_the_nearest_that_may_establish_or_the_top(cast: Cast, grow: list[Sprout]) -> None:
    with taken_back():
        tree = grown(cast.places.company, grow)
        for place, node in enumerate(tree.nodes):
            chain = [node, *(tree.nodes[upper] for upper in tree.superiors(place))]
            assert node.unit == next((o for o in chain if o.may_establish), cast.places.company)


@pytest.mark.clause("S-20")
def test_committees_nest_and_a_branch_belongs_to_the_nearest_one_with_the_right(cast: Cast) -> None:
    work = found(cast.places.unit, "海外片区党工委", Kind.WORK_COMMITTEE, may_establish=True)
    office = found(work, "片区机关党委", Kind.OFFICE_COMMITTEE)
    general = found(office, "片区机关党总支", Kind.GENERAL_BRANCH)
    branch = found(general, "片区机关第一党支部", Kind.BRANCH)
    assert [place.unit for place in (branch, general, office, work)] == [work, work, work, work]
    assert branch.depth == 6


def test_there_is_one_top(cast: Cast) -> None:
    with pytest.raises(Refused, match="本系统已有最上级党组织"):
        found(None, "另一个公司党委")
    assert cast.places.company.unit == cast.places.company
    assert (cast.places.company.depth, list(cast.places.company.ancestors())) == (1, [])


def test_siblings_have_different_names_and_cousins_may_share_one(cast: Cast) -> None:
    found(cast.places.unit, "机关党支部", Kind.BRANCH)
    found(cast.places.other_unit, "机关党支部", Kind.BRANCH)
    with pytest.raises(Refused):
        found(cast.places.unit, "机关党支部", Kind.BRANCH)


def test_founding_is_on_the_trail(cast: Cast) -> None:
    made = Organisation.found(
        parent=cast.places.unit,
        by=cast.people.system_admin,
        kind=Kind.BRANCH,
        full_name="第三项目部党支部",
        short_name="三部",
    )
    row = AuditEntry.objects.get(noun="organisation", noun_id=made.pk)
    assert (row.action, row.actor_id, row.path) == ("organisation.found", cast.people.system_admin.pk, made.path)
    assert row.details == {"name": "第三项目部党支部"}


def test_an_ended_organisation_stays_and_is_no_longer_in_force(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.places.branch.pk).update(ended_on=clock.today())
    in_force = Organisation.objects.in_unit(cast.places.unit).in_force().in_order()
    assert list(in_force) == [cast.places.unit, cast.places.small_branch]
    assert Organisation.objects.in_unit(cast.places.unit).count() == 3


def test_the_path_of_an_ended_organisation_is_not_given_to_another(cast: Cast) -> None:
    first = found(cast.places.unit, "临时党支部一", Kind.TEMPORARY_BRANCH)
    Organisation.objects.filter(pk=first.pk).update(ended_on=clock.today())
    assert found(cast.places.unit, "临时党支部二", Kind.TEMPORARY_BRANCH).path > first.path


# What things are called


@pytest.mark.clause("S-30")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Kind.COMMITTEE, "党委会"),
        (Kind.WORK_COMMITTEE, "党工委会"),
        (Kind.OFFICE_COMMITTEE, "党委会"),
        (Kind.GENERAL_BRANCH, "总支委员会"),
        (Kind.BRANCH, "支部委员会"),
        (Kind.JOINT_BRANCH, "支部委员会"),
        (Kind.TEMPORARY_BRANCH, "支部委员会"),
    ],
)
def test_each_kind_has_a_body_that_decides(kind: Kind, body: str) -> None:
    assert Organisation(kind=kind).deciding_body == body


@pytest.mark.clause("S-30")
@given(st.sampled_from(Kind))
def test_fewer_than_seven_members_meet_all_together_in_branches_alone(kind: Kind) -> None:
    large, small = Organisation(kind=kind), Organisation(kind=kind, under_seven=True)
    assert (small.deciding_body == "支部党员大会") == large.is_branch == (kind in BRANCH_KINDS)
    assert large.deciding_body == small.deciding_body or large.is_branch


def test_an_organisation_signs_with_its_full_name_unless_it_has_one_for_signing(cast: Cast) -> None:
    unit = cast.places.unit
    assert unit.signed_as == "中共华川建设集团第一工程有限公司委员会"
    unit.signature_name = "中共华川一公司委员会"
    assert unit.signed_as == "中共华川一公司委员会"


def test_branches_are_told_from_committees(cast: Cast) -> None:
    general = found(cast.places.unit, "党总支", Kind.GENERAL_BRANCH)
    below = Organisation.objects.in_unit(cast.places.unit).branches().in_order()
    assert list(below) == [cast.places.branch, cast.places.small_branch]
    assert not general.is_branch


# Who sees which


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("secretary", ["branch"]),
        ("officer", ["unit", "branch", "small_branch"]),
        ("leader", ["company", "unit", "branch", "small_branch", "other_unit", "foreign_branch", "direct_branch"]),
        ("staff", []),
        ("system_admin", []),
    ],
)
def test_each_sees_where_the_own_office_reaches(cast: Cast, who: str, seen: list[str]) -> None:
    places = Organisation.objects.visible_to(getattr(cast.people, who)).in_order()
    assert list(places) == [getattr(cast.places, name) for name in seen]
