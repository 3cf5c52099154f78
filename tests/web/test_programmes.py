"""The scheme through its pages: issuing, faults by line, the next year."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import export, read, source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_letter, an_established

Browse = Callable[..., Any]


def a_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("方案.yaml", text.encode())


@pytest.mark.clause("S-01", "S-14")
def test_a_new_year_by_changing_one_number(cast: Cast, browse: Browse) -> None:
    officer = browse(cast.people.company_officer)
    with clock.fixed_at("2023-07-01 09:00"):
        checked = officer.post(reverse("scheme-new"), {"year": "2023", "opens": "on"})
        assert not Round.objects.filter(year=2023).exists()
        officer.post(reverse("scheme-new"), {"text": checked.context["text"], "opens": "on", "confirmed": "1"})
    window = Round.objects.get(year=2023).windows.get(key="application")
    assert (window.opens_on, window.closes_on) == (date(2023, 8, 15), date(2023, 8, 27))


def test_what_would_be_issued_is_shown_before_it_is(cast: Cast, browse: Browse) -> None:
    page = browse(cast.people.company_officer).post(reverse("scheme-new"), {"year": "2023", "opens": "on"})
    text = page.content.decode()
    assert "2023年8月15日至8月27日" in text
    assert "2023年度没有“党员岗位讲述”的日期，该时限停用" in text
    assert "2022年度仍在进行" in text
    assert SchemeVersion.objects.count() == 1


def test_a_year_opened_ahead_does_not_take_over_before_it_begins(cast: Cast) -> None:
    officer = cast.people.company_officer
    next_year = SchemeVersion.issue(export(read(source_plan_text()).for_year(2023)), by=officer)
    Round.open(next_year, by=officer)
    running = Round.current()
    assert running is not None
    assert running.year == 2022
    with clock.fixed_at("2023-08-15 00:00"):
        begun = Round.current()
        assert begun is not None
        assert begun.year == 2023


def test_every_year_can_be_looked_at(cast: Cast, browse: Browse) -> None:
    officer = cast.people.company_officer
    Round.open(SchemeVersion.issue(export(read(source_plan_text()).for_year(2023)), by=officer), by=officer)
    browser = browse(cast.people.secretary)
    for name in ("scheme", "round"):
        assert "2023年8月15日至8月27日" in browser.get(reverse(name) + "?year=2023").content.decode()
        assert "2022年8月15日至8月27日" in browser.get(reverse(name) + "?year=nonsense").content.decode()


def test_a_faulty_file_is_refused_with_its_lines(cast: Cast, browse: Browse) -> None:
    lines = source_plan_text().split("\n")
    at = next(number for number, line in enumerate(lines, 1) if line.lstrip().startswith("closes:"))
    lines[at - 1] = lines[at - 1].split(":")[0] + ': "02-30"'
    page = browse(cast.people.company_officer).post(reverse("scheme-new"), {"file": a_file("\n".join(lines))})
    assert [fault.line for fault in page.context["faults"]] == [at]
    assert SchemeVersion.objects.count() == 1


def test_a_file_that_is_no_text_is_refused(cast: Cast, browse: Browse) -> None:
    sent = SimpleUploadedFile("方案.yaml", b"\xff\xfe\x00\x00binary")
    page = browse(cast.people.company_officer).post(reverse("scheme-new"), {"file": sent})
    assert "文件不是 UTF-8 文本" in page.content.decode()


def test_a_year_already_open_keeps_the_new_version_out_too(cast: Cast, browse: Browse) -> None:
    posted = {"text": source_plan_text(), "opens": "on", "confirmed": "1"}
    page = browse(cast.people.company_officer).post(reverse("scheme-new"), posted)
    assert "2022年度的批次已经开启" in page.content.decode()
    assert SchemeVersion.objects.count() == 1


def test_the_downloaded_file_reads_back_to_the_same_scheme(cast: Cast, browse: Browse) -> None:
    text = browse(cast.people.secretary).get(reverse("scheme-file")).content.decode()
    assert read(text) == read(source_plan_text())


def test_the_blank_application_form_is_there_for_everyone(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.people.staff).get(reverse("blank-paper", args=["application", "pdf"]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


@pytest.mark.clause("S-17")
def test_a_unit_officer_may_extend_for_the_branches_of_the_own_unit_alone(cast: Cast, browse: Browse) -> None:
    def offered(person: Person) -> set[Organisation]:
        return set(browse(person).get(reverse("reopen")).context["form"].fields["place"].queryset)

    assert offered(cast.people.officer) == {cast.places.branch, cast.places.small_branch}
    assert offered(cast.people.company_officer) == {cast.places.direct_branch}


def test_a_missing_reason_is_told_together_with_a_missing_date(cast: Cast, browse: Browse) -> None:
    sent = {"key": "plan", "place": cast.places.company.pk, "closes_on": "", "reason": ""}
    errors = browse(cast.people.company_officer).post(reverse("window-extension"), sent).context["form"].errors
    assert errors["reason"] == ["请填写理由"]
    assert "closes_on" in errors


@pytest.mark.clause("S-17")
def test_dates_are_moved_on_their_pages_and_shown_to_a_branch(cast: Cast, browse: Browse) -> None:
    officer, company, secretary = (
        browse(getattr(cast.people, who)) for who in ("officer", "company_officer", "secretary")
    )
    late = {"unit": cast.places.unit.pk, "key": "application", "closes_on": "2022-08-28", "note": "统一上会"}
    refused = officer.post(reverse("internal-date"), late)
    assert "不能晚于公司的截止日期2022年8月27日" in refused.content.decode()
    assert "统一上会" in refused.content.decode()
    officer.post(reverse("internal-date"), late | {"closes_on": "2022-08-25"})
    for page in ("/", reverse("round")):
        assert "8月25日（一公司党委内部截止）" in secretary.get(page).content.decode()
    assert "统一上会" in secretary.get(reverse("round")).content.decode()
    longer = {"key": "plan", "place": cast.places.company.pk, "closes_on": "2022-10-31", "reason": "防汛"}
    company.post(reverse("window-extension"), longer)
    shown = secretary.get(reverse("round")).content.decode()
    assert "全公司" in shown
    assert "延至2022年10月31日" in shown


@pytest.mark.clause("S-01")
def test_a_newer_version_is_compared_and_taken_up(cast: Cast, browse: Browse) -> None:
    officer, secretary = browse(cast.people.company_officer), browse(cast.people.secretary)
    draft = a_draft(cast)
    assert "这是本年度的第一版" in _page(secretary.get("/scheme/changes/"))
    text = export(read(source_plan_text())).replace("name_max: 60", "name_max: 50")
    answer = officer.post("/scheme/new/", {"text": text, "confirmed": "1"})
    assert answer["Location"] == "/scheme/changes/"
    assert "尚未启用" in _page(officer.get("/scheme/"))
    assert "尚未启用" not in _page(secretary.get("/scheme/"))
    assert "启用第2版" in _page(officer.get("/scheme/changes/"))
    assert secretary.post("/scheme/changes/").status_code == 404
    assert officer.post("/scheme/changes/").status_code == 302
    assert "改动 1 处" in _page(secretary.get("/scheme/changes/"))
    form = reverse("application-edit", args=[draft.pk])
    assert "今后按新版填写" in _page(secretary.get(form))
    assert officer.post("/scheme/changes/").status_code == 404


@pytest.mark.clause("S-115")
def test_what_switching_the_confirmation_on_means_for_projects_handed_in_before_is_told_everywhere(
    cast: Cast, browse: Browse
) -> None:
    project = an_established(cast)
    company, officer = browse(cast.people.company_officer), browse(cast.people.officer)
    assert "没有启用电子确认" in _page(company.get("/scheme/"))
    text = export(read(source_plan_text())).replace("electronic: false", "electronic: true")
    checked = company.post("/scheme/new/", {"text": text})
    assert "与第1版比较" in _page(checked)
    assert [(one.before, one.after) for one in checked.context["changes"]] == [("否", "是")]
    told = "新版启用后提交的项目可以在系统内电子确认责任书；已经提交的项目仍按提交时的版本签订"
    assert told in _page(checked)
    company.post("/scheme/new/", {"text": text, "confirmed": "1"})
    assert told in _page(company.get("/scheme/changes/"))
    assert "纸质签订" not in _page(officer.get("/letters/new/"))
    company.post("/scheme/changes/")
    assert "可以由双方书记在系统内电子确认" in _page(officer.get("/scheme/"))
    assert "本项目按第1版方案，纸质签订" in _page(officer.get("/letters/new/"))
    letter = a_letter(cast, Project.objects.get(pk=project.pk))
    shown = _page(officer.get(reverse("letter", args=[letter.pk])))
    assert "本项目按第1版方案，纸质签订。电子确认只用于新版方案启用后提交的项目。" in shown


def _page(answer: Any) -> str:
    return str(answer.content.decode())
