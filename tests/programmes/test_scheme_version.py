"""The issued scheme: one officer issues it, nobody changes it, a faulty file is sent back with its lines."""

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.person import Person
from dangjian.programmes.scheme import SchemeError, read, source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from tests.cast import Cast, a_submitted

SOURCE = source_plan_text()


def issued(cast: Cast, text: str = SOURCE) -> SchemeVersion:
    return SchemeVersion.issue(text, by=cast.people.company_officer)


@pytest.mark.clause("S-01")
def test_each_issue_of_a_year_is_a_new_version_and_keeps_its_text(cast: Cast) -> None:
    second = issued(cast, SOURCE.replace("name_max: 60", "name_max: 40"))
    assert [(v.plan_year, v.number) for v in SchemeVersion.objects.order_by("pk")] == [(2022, 1), (2022, 2)]
    assert (second.title, second.issued_by, second.issued_at) == (
        "关于开展党建项目化管理工作的方案", cast.people.company_officer, clock.now(),
    )  # fmt: skip
    assert second.document.application.name_max == 40
    assert SchemeVersion.objects.get(number=1).document == read(SOURCE)
    assert str(second) == "2022年《关于开展党建项目化管理工作的方案》第2版"


@pytest.mark.clause("S-01")
def test_another_year_counts_its_own_versions(cast: Cast) -> None:
    next_year = issued(cast, SOURCE.replace("plan_year: 2022", "plan_year: 2023", 1))
    assert (next_year.plan_year, next_year.number) == (2023, 1)


def test_issuing_is_on_the_trail(cast: Cast) -> None:
    version = issued(cast)
    row = AuditEntry.objects.get(action="scheme.issue", noun_id=version.pk)
    assert (row.actor_id, row.details) == (cast.people.company_officer.pk, {"plan_year": 2022, "number": 2})


def test_the_company_s_officer_alone_issues(cast: Cast) -> None:
    for person in Person.objects.exclude(pk=cast.people.company_officer.pk):
        with pytest.raises(Refused, match="您没有发布方案的权限"):
            SchemeVersion.issue(SOURCE, by=person)
    assert SchemeVersion.objects.count() == 1


@pytest.mark.clause("S-01")
def test_an_issued_version_cannot_be_saved_again(cast: Cast) -> None:
    version = issued(cast)
    version.text = SOURCE.replace("name_max: 60", "name_max: 30")
    with pytest.raises(Refused, match="方案一经发布不能修改，请发布新的一版"):
        version.save()
    assert SchemeVersion.objects.get(pk=version.pk).document.application.name_max == 60


def test_a_document_once_read_cannot_be_changed(cast: Cast) -> None:
    rules = issued(cast).document
    with pytest.raises(ValueError, match="frozen"):
        rules.application.name_max = 10
    assert rules.application.name_max == 60


@pytest.mark.clause("S-01")
def test_a_new_version_does_not_touch_what_was_submitted_under_the_one_before(cast: Cast) -> None:
    project = a_submitted(cast)
    issued(cast, SOURCE.replace("name_max: 60", "name_max: 30"))
    assert project.reload().rules.application.name_max == 60


def test_a_faulty_file_is_sent_back_with_its_lines_and_nothing_is_issued(cast: Cast) -> None:
    lines = SOURCE.splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if line.strip() == "name_max: 60")
    faulty = SOURCE.replace("name_max: 60", "name_max: sixty").replace('closes: "08-27"', 'closes: "08-47"', 1)
    before = AuditEntry.objects.count()
    with pytest.raises(SchemeError) as refused:
        issued(cast, faulty)
    window = next(number for number, line in enumerate(lines, start=1) if line.strip() == 'closes: "08-27"')
    assert [fault.line for fault in refused.value.faults] == [window, at]
    assert str(refused.value.faults[1]) == f"第{at}行：应为整数，不加引号"
    assert (SchemeVersion.objects.count(), AuditEntry.objects.count()) == (1, before)


@pytest.mark.parametrize("text", ["", "plan_year: 2022", "不是方案", "- 1\n- 2", "a: b: c", "\t"])
def test_what_is_no_scheme_at_all_is_refused_in_words(cast: Cast, text: str) -> None:
    with pytest.raises(SchemeError) as refused:
        issued(cast, text)
    assert all(fault.line >= 1 and fault.message for fault in refused.value.faults)
    assert refused.value.faults


@pytest.mark.parametrize("who", ["staff", "system_admin", "foreign_officer"])
def test_whoever_signs_in_may_read_the_scheme(cast: Cast, who: str) -> None:
    assert SchemeVersion.objects.visible_to(getattr(cast.people, who)).count() == 1
