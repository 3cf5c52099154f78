"""The brand register: kept by units and the company, offered to the projects below, ended without losing a project."""

from typing import Any

import pytest

from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.brand import Brand
from dangjian.projects.highlight import Highlight
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, an_established

pytestmark = pytest.mark.clause("S-08", "S-68")


def a_brand(cast: Cast, place: Organisation | None = None, by: Person | None = None, **facts: Any) -> Brand:
    facts = {"name": "红旗机台", "since": 2022, "meaning": "党员包机，逐台核定定额。"} | facts
    return Brand.register(place or cast.places.unit, by=by or cast.people.officer, **facts)


def test_a_unit_and_the_company_register_their_brands_and_nobody_else(cast: Cast) -> None:
    brand = a_brand(cast, name=" 红旗  机台 ")
    assert (brand.name, brand.since, brand.place, str(brand)) == ("红旗 机台", 2022, cast.places.unit, "红旗 机台")
    a_brand(cast, cast.places.company, cast.people.company_officer)
    for who in ("secretary", "foreign_officer", "leader", "unit_secretary", "system_admin"):
        with pytest.raises(Refused, match="权限"):
            a_brand(cast, by=getattr(cast.people, who), name="别的")
    with pytest.raises(Refused, match="权限"):
        a_brand(cast, cast.places.branch, name="支部品牌")
    assert AuditEntry.objects.filter(action="brand.register").count() == 2


@pytest.mark.parametrize(
    ("facts", "field", "text"),
    [
        ({"name": "红旗机台"}, "name", "本单位已有同名品牌"),
        ({"name": ""}, "name", "请填写"),
        ({"name": "长" * 31}, "name", "30"),
        ({"since": 2023}, "since", "不能晚于今年"),
        ({"since": 1900}, "since", "不能早于 1921 年"),
        ({"meaning": "长" * 501}, "meaning", "最多 500 字，现有 501 字"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, facts: dict[str, Any], field: str, text: str) -> None:
    a_brand(cast)
    with pytest.raises(Refused) as refused:
        a_brand(cast, **{"name": "另一个"} | facts)
    assert [(reason.field, text in reason.text) for reason in refused.value.reasons] == [(field, True)]
    assert Brand.objects.count() == 1


def test_two_units_may_have_brands_of_one_name(cast: Cast) -> None:
    a_brand(cast)
    a_brand(cast, cast.places.other_unit, cast.people.foreign_officer)


def test_one_sees_the_brands_above_and_those_below_as_far_as_an_office_reaches(cast: Cast) -> None:
    of_company = a_brand(cast, cast.places.company, cast.people.company_officer)
    own, foreign = a_brand(cast), a_brand(cast, cast.places.other_unit, cast.people.foreign_officer)

    def seen(who: str) -> set[Brand]:
        return set(Brand.objects.visible_to(getattr(cast.people, who)))

    assert seen("secretary") == seen("officer") == {of_company, own}
    assert seen("foreign_secretary") == {of_company, foreign}
    assert seen("leader") == {of_company, own, foreign}
    assert seen("system_admin") == set()


def test_a_project_is_marked_with_a_brand_of_its_unit_or_above_that_is_in_use(cast: Cast) -> None:
    project = an_established(cast)
    own, ended = a_brand(cast), a_brand(cast, name="旧品牌")
    of_company = a_brand(cast, cast.places.company, cast.people.company_officer)
    foreign = a_brand(cast, cast.places.other_unit, cast.people.foreign_officer)
    ended.retire(by=cast.people.officer, reason="不再使用")
    assert set(Brand.offered_to(project)) == {own, of_company}
    for brand in (foreign, ended):
        with pytest.raises(Refused, match="请选择本单位或上级在用的品牌") as refused:
            Highlight.mark(project, reason="好。", brand=brand, by=cast.people.officer)
        assert refused.value.reasons[0].field == "brand"
    Highlight.mark(project, reason="好。", brand=own, by=cast.people.officer)
    seen = Project.objects.visible_to(cast.people.secretary)
    assert {b.name: b.belonging for b in Brand.objects.filter(place=cast.places.unit).with_projects(seen)} == {
        "红旗机台": 1,
        "旧品牌": 0,
    }
    assert not Brand.objects.with_projects(Project.objects.none()).filter(belonging__gt=0).exists()


def test_ended_it_keeps_its_projects_and_may_be_resumed(cast: Cast) -> None:
    project, brand = an_established(cast), a_brand(cast)
    Highlight.mark(project, reason="好。", brand=brand, by=cast.people.officer)
    brand.retire(by=cast.people.officer)
    assert Project.objects.get().highlight.brand == brand
    with pytest.raises(Refused):
        brand.reinstate(by=cast.people.secretary)
    brand.reinstate(by=cast.people.colleague)
    assert [made.label for made in brand.log()] == ["停用", "恢复"]


def test_it_is_said_better_by_its_keepers(cast: Cast) -> None:
    brand = a_brand(cast)
    brand.amend(name="红旗机台班", since=2021, meaning="", by=cast.people.colleague)
    assert (brand.name, brand.since, brand.meaning) == ("红旗机台班", 2021, "")
    with pytest.raises(Refused, match="权限"):
        brand.amend(name="别的", since=2021, by=cast.people.secretary)
    assert a_draft(cast).highlight is None
