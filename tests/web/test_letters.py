"""Pages of the letter: who sees it, making many, the ceremony, each question, and what a wrong answer leaves."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import strip_tags

from dangjian.agreements import papers
from dangjian.agreements.issuer import Issuer
from dangjian.agreements.letter import Letter
from dangjian.agreements.signed_file import WORDS, Finding
from dangjian.delivery.plan import CHECKLIST
from dangjian.foundation import clock
from dangjian.foundation.notice import Notice
from dangjian.foundation.upload import Upload
from dangjian.foundation.window import day_text
from dangjian.people.access import Role
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import export, read, source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.project import Project
from tests.agreements.tampering import TAMPERED
from tests.cast import PASSWORD, Cast, a_handed_in_plan, a_letter, a_signed_letter, an_established, scans_of
from tests.papers import scanner
from tests.projects.test_taking_over import taken_over

Browse = Callable[..., Any]

pytestmark = pytest.mark.clause("S-29", "S-115", "S-116")

QUESTIONS = ("letter-signing", "letter-deferral", "letter-voiding", "letter-void-answer", "letter-takeover")


def url(name: str, letter: Letter, *more: Any) -> str:
    return reverse(name, args=[letter.pk, *more])


def sent(number: int, letter: Letter) -> SimpleUploadedFile:
    file = scanner.scan(scanner.sheets(papers.copy_of(letter, number)))
    assert isinstance(file.content, bytes)
    return SimpleUploadedFile(f"{number}.pdf", file.content)


@pytest.mark.parametrize("who", ["secretary", "member", "officer", "unit_secretary", "company_officer", "leader"])
def test_who_sees_the_project_reads_its_letter_and_both_copies(cast: Cast, browse: Browse, who: str) -> None:
    letter = a_letter(cast)
    browser = browse(getattr(cast.people, who))
    assert [row["number"] for row in browser.get("/letters/").context["page"].rows] == [letter.number]
    assert browser.get(url("letter", letter)).status_code == 200
    for number in (1, 2):
        for kind, magic in (("docx", b"PK"), ("pdf", b"%PDF")):
            answer = browser.get(url("letter-paper", letter, number, kind))
            assert b"".join(answer.streaming_content).startswith(magic)
    assert browser.get(url("letter-paper", letter, 3, "pdf")).status_code == 404
    assert (
        "一公司责〔2022〕1号"
        in browser.get(reverse("project", args=[letter.project_id]) + "?tab=papers").content.decode()
    )


@pytest.mark.parametrize("who", ["small_secretary", "foreign_officer", "staff", "security_admin", "audit_admin"])
def test_for_others_it_does_not_exist(cast: Cast, browse: Browse, who: str) -> None:
    letter = a_signed_letter(cast)
    browser = browse(getattr(cast.people, who))
    answer = browser.get("/letters/")
    if who in ("small_secretary", "foreign_officer"):
        assert answer.context["page"].rows == []
    else:
        assert answer.status_code == 404, "nobody reads an empty list of what is not theirs"
    for name in ("letter", *QUESTIONS):
        assert browser.get(url(name, letter)).status_code == 404, name
    assert browser.get(url("letter-custody", letter, 1)).status_code == 404
    assert browser.get(url("letter-paper", letter, 1, "pdf")).status_code == 404


@pytest.mark.parametrize("who", ["secretary", "leader", "member"])
def test_whoever_only_sees_it_is_asked_nothing(cast: Cast, browse: Browse, who: str) -> None:
    letter = a_letter(cast)
    browser = browse(getattr(cast.people, who))
    for name in QUESTIONS[:4]:
        assert browser.get(url(name, letter)).status_code == 404, name


def test_the_officer_makes_letters_for_many_projects_at_once(cast: Cast, browse: Browse) -> None:
    projects = [an_established(cast, name=name) for name in ("节能降耗", "安全示范岗")]
    browser = browse(cast.people.officer)
    assert "2 个已立项的项目还没有制作责任书" in browser.get("/letters/").content.decode()
    assert "还没有制作责任书" not in browse(cast.people.secretary).get("/letters/").content.decode()
    chosen = {"projects": [project.pk for project in projects]}
    answer = browser.post("/letters/new/", chosen)
    done = answer.context["results"]
    assert [one["done"] for one in done] == [True, True]
    assert "还没有制作责任书" not in browser.get("/letters/").content.decode()
    for letter, one in zip(Letter.objects.order_by("pk"), done, strict=True):
        assert one["url"] == url("letter", letter)
        assert f'<a href="{one["url"]}">已制作{letter}</a>' in answer.content.decode()
    again = browser.post("/letters/new/", chosen).context["results"]
    assert [one["done"] for one in again] == [False, False]
    assert "请至少选择一个项目" in browser.post("/letters/new/", {}).content.decode()
    assert browser.get(reverse("project", args=[projects[0].pk])).context["moves"][0]["label"] == "签订责任书"


def test_letters_of_one_batch_are_numbered_in_the_order_of_the_list(cast: Cast, browse: Browse) -> None:
    """组织序列, not the order in which the projects were entered or ticked."""
    later, first = an_established(cast, name="后建支部的"), an_established(cast, name="先建支部的")
    Project.objects.filter(pk=later.pk).update(branch=cast.places.small_branch)
    browse(cast.people.officer).post(reverse("letter-new"), {"projects": [later.pk, first.pk]})
    numbers = [Letter.objects.get(project=project).number for project in (first, later)]
    assert numbers == sorted(numbers)


def test_one_letter_alone_goes_on_to_its_own_page(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    browser = browse(cast.people.officer)
    urls = {row["title"]: row["url"] for row in browser.get("/todos/").context["page"].rows}
    assert urls["制作责任书"] == f"/letters/new/?project={project.pk}"
    assert [one["ticked"] for one in browser.get(urls["制作责任书"]).context["page"].rows] == [True]
    answer = browser.post("/letters/new/", {"projects": [project.pk]})
    letter = Letter.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("letter", letter))
    assert f"已制作责任书 {letter.number}" in browser.get(answer["Location"]).content.decode()


def test_one_letter_is_registered_with_both_scans_in_one_go(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    browser, page = browse(cast.people.officer), url("letter-signing", letter)
    form = {"signed_on": clock.today().isoformat(), "place": "签订仪式"}
    wrong = browser.post(page, form | {"scan_1": sent(2, letter), "scan_2": sent(2, letter)})
    assert "另一份文书" in wrong.content.decode()
    assert letter.scan(2) is None, "nothing is half saved"
    assert "请先补正下面 2 处" in browser.post(page, form).content.decode()
    missing = browser.post(page, form | {"scan_1": sent(1, letter)})
    assert "第2份的签字盖章扫描件尚未归档" in missing.content.decode()
    assert letter.scan(1) is None
    answer = browser.post(page, form | {"scan_1": sent(1, letter), "scan_2": sent(2, letter)})
    assert answer.status_code == 302
    shown = browser.get(url("letter", letter)).context
    assert [one["who"] for one in shown["signatures"]] == ["刘志远", "张建国"]


def test_all_that_is_wrong_with_a_signing_is_told_at_once_and_a_refused_scan_waits_no_longer(
    cast: Cast, browse: Browse
) -> None:
    letter = a_letter(cast)
    browser, page = browse(cast.people.officer), url("letter-signing", letter)
    late = {"signed_on": (clock.today() + timedelta(days=1)).isoformat(), "place": "长" * 200}
    scans = {"scan_1": sent(2, letter), "scan_2": sent(2, letter)}
    errors = browser.post(page, late | scans).context["form"].errors
    assert errors.keys() == {"signed_on", "place", "scan_1"}
    assert "签订日期不能晚于今天" in errors["signed_on"][0]
    assert "另一份文书" in errors["scan_1"][0]
    fresh = browser.get(page).context["form"].fields
    assert (fresh["scan_1"].held(), len(fresh["scan_2"].held())) == ([], 1)
    told = browser.post(page, late | {"place": ""}).context["form"].errors
    assert told.keys() == {"signed_on", "scan_1", "scan_2"}
    assert letter.reload().signed_on is None


def test_a_delegate_needs_paper_and_dates(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    scans_of(cast, letter)
    browser, today = browse(cast.people.officer), clock.today().isoformat()
    form: dict[str, Any] = {"signed_on": today, "branch_person": cast.people.member.pk}
    assert "委托期限和委托书都要有" in browser.post(url("letter-signing", letter), form).content.decode()
    form |= {
        "branch_starts_on": today,
        "branch_ends_on": today,
        "branch_file": SimpleUploadedFile("委托书.pdf", b"%PDF-1.7 x"),
    }
    refused = browser.post(url("letter-signing", letter), form | {"branch_ends_on": ""})
    assert refused.context["form"].seldom_used
    (held,) = refused.context["form"].fields["branch_file"].held()
    assert held["name"] == "委托书.pdf"
    assert f'name="branch_file-held" value="{held["pk"]}"' in refused.content.decode()
    form |= {"branch_file": "", "branch_file-listed": held["pk"], "branch_file-held": held["pk"]}
    assert browser.post(url("letter-signing", letter), form).status_code == 302
    assert not Upload.objects.exists(), "the form is done with it"
    kept = letter.signatures.get(side="branch").authority
    assert b"".join(browser.get(url("letter-file", letter, kept.pk)).streaming_content) == b"%PDF-1.7 x"
    assert browser.get(url("letter-file", letter, kept.pk + 1)).status_code == 404


def test_an_authority_without_whoever_signed_by_it_is_not_dropped_in_silence(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    scans_of(cast, letter)
    browser, page, today = browse(cast.people.officer), url("letter-signing", letter), clock.today()
    form: dict[str, Any] = {"signed_on": today.isoformat()}
    file = SimpleUploadedFile("委托书.pdf", b"%PDF-1.7 x")
    for more in ({"branch_starts_on": today}, {"branch_ends_on": today}, {"branch_file": file}):
        refused = browser.post(page, form | more)
        told = "已填委托期限或委托书，请选择代签人；书记本人签订的，请清空"
        assert refused.context["form"].errors == {"branch_person": [told]}, more
        assert refused.context["form"].seldom_used
    assert letter.reload().state == "pending"
    form |= {"branch_person": cast.people.member.pk, "branch_starts_on": today}
    form |= {
        "branch_ends_on": today - timedelta(days=1),
        "branch_file": SimpleUploadedFile("委托书.pdf", b"%PDF-1.7 x"),
    }
    refused = browser.post(page, form)
    assert refused.context["form"].errors == {"branch_starts_on": ["委托自不能晚于委托至"]}


def test_the_ceremony_prints_all_and_registers_those_that_came_back(cast: Cast, browse: Browse) -> None:
    ready, missing = a_letter(cast, name="节能降耗"), a_letter(cast, name="安全示范岗")
    scans_of(cast, ready)
    browser = browse(cast.people.officer)
    rows = browser.get("/letters/ceremony/").context["page"].rows
    assert [row["scans"] for row in rows] == [2, 0]
    for kind, magic in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = browser.get(f"/letters/ceremony.{kind}", {"letters": [ready.pk]})
        assert b"".join(answer.streaming_content).startswith(magic)
    assert browser.get("/letters/ceremony.xlsx").status_code == 404
    assert browser.get("/letters/ceremony.pdf", {"letters": ["99999"]}).status_code == 404
    form = {"letters": [ready.pk, missing.pk], "signed_on": clock.today().isoformat(), "place": "签订仪式"}
    answer = browser.post("/letters/ceremony/", form)
    results = answer.context["results"]
    assert {one["name"]: one["done"] for one in results} == {"节能降耗": True, "安全示范岗": False}
    said = " ".join(strip_tags(answer.content.decode()).split())
    missed = "没有办成 1 项 安全示范岗：第1份的签字盖章扫描件尚未归档；第2份的签字盖章扫描件尚未归档"
    assert f"{missed} 已办成 1 项 节能降耗：已登记签订" in said, "what was not done stands first, with its reason"
    assert browse(cast.people.secretary).get("/letters/ceremony.pdf").status_code == 404


def test_the_ceremony_shows_what_was_signed_offline_and_asks_nothing_of_it(cast: Cast, browse: Browse) -> None:
    begun = taken_over(cast, name="补录的项目")
    waits = taken_over(cast, "established", name="只补录到立项")
    browser = browse(cast.people.officer)
    assert [row["project"] for row in browser.get("/letters/new/").context["page"].rows] == [waits]
    Letter.make(waits, by=cast.people.officer)
    answer = browser.get("/letters/ceremony/")
    assert [row["project"] for row in answer.context["page"].rows] == [waits]
    assert answer.context["signed_on_paper"] == [begun]
    said = " ".join(strip_tags(answer.content.decode()).split())
    assert "补录项目，线下已签订1不用打印，不再签订；点开看" in said
    assert begun.name not in printed(browser.get("/letters/ceremony.pdf"))
    assert browse(cast.people.foreign_officer).get("/letters/ceremony/").context["signed_on_paper"] == []


def test_the_ceremony_asks_no_scan_of_an_offline_project(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    Project.objects.filter(pk=letter.project_id).update(is_offline=True)
    browser = browse(cast.people.officer)
    assert "线下管理，不用归档" in browser.get("/letters/ceremony/").content.decode()
    form = {"letters": [letter.pk], "signed_on": clock.today().isoformat()}
    assert [one["done"] for one in browser.post("/letters/ceremony/", form).context["results"]] == [True]


def printed(answer: Any) -> str:
    pages = pypdf.PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_a_letter_that_is_to_follow_is_listed_with_its_day_and_as_overdue_afterwards(
    cast: Cast, browse: Browse
) -> None:
    letter = a_letter(cast)
    browser = browse(cast.people.officer)
    asked = browser.post(url("letter-deferral", letter), {"reason": ""}).content.decode()
    assert "请写明暂不能签订的理由" in asked
    assert "（必填）" in asked
    assert browser.post(url("letter-deferral", letter), {"reason": "书记出差"}).status_code == 302
    (row,) = browser.get("/letters/?state=deferred").context["page"].rows
    assert (row["state_text"], row["due_text"]) == ("待补签", "2022年9月23日")
    assert "2022年9月23日，还剩 30 天" in browser.get(url("letter", letter)).content.decode()
    assert browser.get("/letters/?state=overdue").context["page"].rows == []
    with clock.fixed_at(f"{clock.today() + timedelta(days=31)} 09:00"):
        (row,) = browse(cast.people.officer).get("/letters/?state=overdue").context["page"].rows
        assert row["state_text"] == "补签已逾期"
        rail = browse(cast.people.officer).get(reverse("project", args=[letter.project_id])).context["rail"]
        assert [stop["note"] for stop in rail if stop["label"] == "责任书"] == ["补签已逾期"]


def test_a_question_asked_too_late_tells_once_why_it_cannot_be(cast: Cast, browse: Browse) -> None:
    letter, browser = a_signed_letter(cast), browse(cast.people.officer)
    told = {"reason": "名称写错"}
    browser.post(url("letter-voiding", letter), told)
    page = browser.post(url("letter-voiding", letter), told).content.decode()
    assert page.count("已有人提请作废，等待确认") == 1
    assert "您刚才填的没有登记" in page
    assert "名称写错" in page
    assert "您刚才填的没有登记" not in browser.get(url("letter-voiding", letter)).content.decode()


def test_what_was_filled_in_stays_to_be_copied_where_another_window_registered_first(
    cast: Cast, browse: Browse
) -> None:
    letter, browser = a_signed_letter(cast), browse(cast.people.officer)
    typed = {"signed_on": "2022-08-23", "place": "三楼会议室", "branch_person": cast.people.member.pk}
    page = browser.post(url("letter-signing", letter), typed)
    assert [(one["label"], one["value"]) for one in page.context["typed"]][:2] == [
        ("签订日期", "2022-08-23"), ("签订地点或仪式", "三楼会议室"),
    ]  # fmt: skip
    assert cast.people.member.name in page.context["typed"][2]["value"]
    assert "三楼会议室" in page.content.decode()


def test_voiding_takes_two(cast: Cast, browse: Browse) -> None:
    letter = a_signed_letter(cast)
    browser, second = browse(cast.people.officer), browse(cast.people.unit_secretary)
    assert browser.post(url("letter-voiding", letter), {"reason": "名称写错"}).status_code == 302
    assert "须由另一位同志确认" in browser.get(url("letter", letter)).content.decode()
    seen = {"seen": letter.reload().version}
    kept = second.post(url("letter-void-answer", letter), {"answer": "keep", "reason": "名称无误"} | seen)
    assert kept.status_code == 302
    assert Letter.objects.get(pk=letter.pk).void_proposed_by is None
    told = f"刘志远不同意作废“{letter.project.name}”的责任书（{letter.number}）：名称无误"
    assert Notice.objects.filter(person=cast.people.officer, text=told).exists()
    browser.post(url("letter-voiding", letter), {"reason": "名称写错"})
    seen = {"seen": letter.reload().version}
    assert second.post(url("letter-void-answer", letter), seen).status_code == 302
    assert Letter.objects.get(pk=letter.pk).state == "void"
    assert "只供查阅" in browser.get(url("letter", letter)).content.decode()
    assert Project.objects.get(pk=letter.project_id).awaits_letter


def test_nobody_confirms_a_reason_that_was_not_read(cast: Cast, browse: Browse) -> None:
    letter = a_signed_letter(cast)
    letter.propose_void(reason="名称写错", by=cast.people.officer)
    second, page = browse(cast.people.unit_secretary), url("letter-void-answer", letter)
    read = {"seen": second.get(page).context["form"]["seen"].value()}
    letter.take_back(by=cast.people.officer)
    letter.propose_void(reason="项目并入他处", by=cast.people.officer)
    for answer in ({}, {"answer": "keep"}):
        shown = second.post(page, read | answer)
        said = shown.content.decode()
        assert "提请已变，请重看" in said
        assert "项目并入他处" in said
        assert letter.reload().void_proposed_by == cast.people.officer
    again = {"seen": shown.context["form"]["seen"].value()}
    assert second.post(page, again).status_code == 302, "now it was read"
    assert letter.reload().state == "void"


@pytest.mark.clause("S-70")
def test_the_clauses_that_are_taken_over_bring_their_own_numbers(cast: Cast, browse: Browse) -> None:
    letter = a_signed_letter(cast)
    secretary = browse(cast.people.secretary)
    refused = secretary.get(url("letter-takeover", letter)).content.decode()
    assert "<ul><li>签订人没有变动" in refused
    letter.signatures.filter(side="branch").delete()
    shown = secretary.get(url("letter-takeover", letter)).content.decode()
    assert f'<ul class="plain clauses"><li>{letter.facts["clauses"][0]}' in shown


def test_custody_is_registered_after_the_signing(cast: Cast, browse: Browse) -> None:
    letter = a_signed_letter(cast)
    browser = browse(cast.people.officer)
    page = url("letter-custody", letter, 2)
    form = {"to": "李敏", "on": (clock.today() + timedelta(days=1)).isoformat()}
    assert "在签订日期和今天之间" in browser.post(page, form).content.decode()
    assert browser.post(page, form | {"on": clock.today().isoformat()}).status_code == 302
    assert "李敏 2022年8月24日领取" in browser.get(url("letter", letter)).content.decode()
    assert browser.get(url("letter-custody", letter, 3)).status_code == 404


def test_the_form_of_a_copy_begins_with_whoever_usually_takes_it(cast: Cast, browse: Browse) -> None:
    letter = a_signed_letter(cast)
    browser = browse(cast.people.officer)
    forms = [browser.get(url("letter-custody", letter, number)).context["form"] for number in (1, 2)]
    assert [form["to"].value() for form in forms] == ["陈静", "张建国"], "the department's handler, the secretary"
    text = browser.get(url("letter-custody", letter, 1)).content.decode()
    crumbs = re.findall(r'<li><a href="([^"]+)">[^<]+</a></li>', text.split('class="crumbs"')[1].split("</ol>")[0])
    assert crumbs == ["/", "/letters/", url("letter", letter)]
    letter.copies.get(number=2).hand_over(to="李敏", on=clock.today(), by=cast.people.officer)
    assert browser.get(url("letter-custody", letter, 2)).context["form"]["to"].value() == "李敏"


def test_copies_of_several_letters_are_handed_out_on_one_form(cast: Cast, browse: Browse) -> None:
    letters = [a_signed_letter(cast, name=name) for name in ("节能降耗", "安全示范岗")]
    browser, page = browse(cast.people.officer), reverse("letter-custody-registration")
    rows = browser.get(page).context["page"].rows
    assert [(row["project"].name, row["copy"].number, row["to"]) for row in rows] == [
        ("节能降耗", 1, "陈静"), ("节能降耗", 2, "张建国"), ("安全示范岗", 1, "陈静"), ("安全示范岗", 2, "张建国"),
    ]  # fmt: skip
    assert len(browser.get(page + "?copy=2").context["page"].rows) == 2
    assert page in browser.get("/letters/custody/").content.decode()
    taken, nobody, other = (
        letters[0].copies.get(number=1),
        letters[0].copies.get(number=2),
        letters[1].copies.get(number=2),
    )
    form = {
        "copies": [taken.pk, nobody.pk, other.pk],
        f"to-{taken.pk}": "陈静",
        f"to-{nobody.pk}": "",
        f"to-{other.pk}": "李敏",
    }
    assert "请至少选择一份" in browser.post(page, {"on": "2022-08-24"}).content.decode()
    early = browser.post(page, form | {"on": "2022-08-01"})
    assert early.context["results"][0]["text"] == "交付日期应在签订日期和今天之间"
    assert [row["to"] for row in early.context["page"].rows] == ["陈静", "", "陈静", "李敏"], "what was typed stays"
    done = browser.post(page, form | {"on": "2022-08-24"})
    assert [(one["name"], one["text"], one["done"]) for one in done.context["results"]] == [
        ("节能降耗第1份", "已登记由陈静 2022年8月24日领取", True),
        ("节能降耗第2份", "请填写领取人", False),
        ("安全示范岗第2份", "已登记由李敏 2022年8月24日领取", True),
    ]
    assert [row["copy"].pk for row in done.context["page"].rows] == [nobody.pk, letters[1].copies.get(number=1).pk]
    again = browser.post(page, {"copies": [taken.pk], f"to-{taken.pk}": "王强", "on": "2022-08-24"}).context["results"]
    assert "刚刚已登记由陈静 2022年8月24日领取" in again[0]["text"]
    foreign = browse(cast.people.foreign_officer)
    assert foreign.get(page).context["page"].rows == []
    foreign.post(page, {"copies": [nobody.pk], f"to-{nobody.pk}": "王强", "on": "2022-08-24"})
    assert letters[0].copies.get(number=2).handed_on is None
    assert browse(cast.people.secretary).get(page).status_code == 404


def test_a_second_registration_of_one_copy_overwrites_nothing(cast: Cast, browse: Browse) -> None:
    letter = a_signed_letter(cast)
    page, form = url("letter-custody", letter, 2), {"on": "2022-08-24"}
    first, second = browse(cast.people.officer), browse(cast.people.colleague)
    assert first.post(page, form | {"to": "李敏"}).status_code == 302
    assert "刚刚已登记由李敏 2022年8月24日领取" in second.post(page, form | {"to": "王强"}).content.decode()
    assert second.post(page, form | {"to": "王强", "corrects": "True"}).status_code == 302
    assert letter.copies.get(number=2).received_by == "王强"


@pytest.mark.usefixtures("switched_on")
def test_one_list_tells_who_has_each_copy(cast: Cast, browse: Browse) -> None:
    letter, confirmed = a_signed_letter(cast), a_letter(cast, name="安全示范岗")
    for who in (cast.people.secretary, cast.people.unit_secretary):
        confirmed.reload().confirm_electronically(by=who)
    officer = browse(cast.people.officer)

    def numbers(query: str = "") -> list[str]:
        return [row["number"] for row in officer.get(f"/letters/custody/{query}").context["page"].rows]

    assert numbers() == [letter.number, confirmed.number]
    assert numbers("?handed=no") == [letter.number]
    for number in (1, 2):
        letter.copies.get(number=number).hand_over(to="李敏", on=clock.today(), by=cast.people.officer)
    assert (numbers("?handed=no"), numbers("?handed=yes")) == ([], [letter.number])
    page = browse(cast.people.secretary).get("/letters/custody/").content.decode()
    assert page.count("李敏 2022年8月24日领取") == 2
    assert "电子确认，双方下载同一文件" in page
    assert "登记交付" not in page, "copies are handed over by the unit's department"
    assert browse(cast.people.small_secretary).get("/letters/custody/").context["page"].rows == []


def test_nonsense_in_the_query_is_no_error(cast: Cast, browse: Browse) -> None:
    a_letter(cast)
    browser = browse(cast.people.officer)
    for query in ("?state=nothing", "?year=abc", "?page=x&size=9", "?q=%00", "?q=没有这个"):
        assert browser.get(f"/letters/{query}").status_code == 200
    assert browser.get("/letters/new/?project=abc").status_code == 200


def test_the_list_begins_with_the_current_year(cast: Cast, browse: Browse) -> None:
    old, officer = a_letter(cast), cast.people.company_officer

    def numbers(query: str = "") -> list[str]:
        page = browse(cast.people.officer).get(f"/letters/{query}").context["page"]
        return [row["number"] for row in page.rows]

    assert numbers() == [old.number]
    with clock.fixed_at("2023-08-24 09:00"):
        text = export(read(source_plan_text()).for_year(2023))
        Round.open(SchemeVersion.issue(text, by=officer), by=officer)
        assert numbers() == [old.number], "as long as the new year has none, the last one that has some"
        new = a_letter(cast, name="安全示范岗", starts="2023-08", ends="2023-12")
        assert numbers() == [new.number]
        assert numbers("?year=2022") == [old.number]
        assert numbers("?year=&state=pending") == [new.number, old.number]


def test_signing_for_the_notice_names_as_next_only_what_is_still_to_do(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)

    def told() -> str:
        return str(browse(cast.people.secretary).get(reverse("receipt", args=[project.pk])).context["text"])

    assert told().endswith("。下一步签订责任书，制定实施计划书。")
    a_signed_letter(cast, project)
    assert told().endswith("。下一步制定实施计划书。")


def test_the_page_tells_what_is_really_next_of_letter_and_plan(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    resolution = project.establishment()
    assert resolution is not None
    resolution.receive(by=cast.people.secretary)

    def told() -> tuple[str, str, dict[str, str]]:
        context = browse(cast.people.officer).get(reverse("project", args=[project.pk])).context
        stops = {stop["label"]: stop["state"] for stop in context["rail"][2:4]}
        return context["next"]["step"], context["next"].get("besides", ""), stops

    assert told() == ("制作责任书", "制定实施计划书，待 第一项目部党支部 办理", {"责任书": "now", "实施计划": "later"})
    plan = a_handed_in_plan(cast, project)
    step, besides, stops = told()
    assert (step, besides) == (f"实施计划书{plan.step.label}", "制作责任书，待 一公司党委 办理")
    assert stops == {"责任书": "later", "实施计划": "now"}
    letter = a_letter(cast, project)
    step, besides, stops = told()
    assert (step, besides.startswith("实施计划书")) == ("签订责任书", True)
    plan.decide("pass", by=cast.people.officer, checked_for=list(CHECKLIST))
    plan.decide("approve", by=cast.people.officer, leader="刘志远", held_on=clock.today())
    assert told() == ("签订责任书", "", {"责任书": "now", "实施计划": "done"})
    scans_of(cast, letter)
    letter.sign(signed_on=clock.today(), by=cast.people.officer)
    assert told() == ("组织实施", "", {"责任书": "done", "实施计划": "done"})


def test_the_blank_letter_is_offered_with_the_scheme(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.people.clerk).get(reverse("blank-paper", args=["letter", "docx"]))
    assert b"".join(answer.streaming_content).startswith(b"PK")


# Electronic confirmation and its file


@pytest.fixture
def switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    Issuer.found()
    rules = read(source_plan_text().replace("electronic: false", "electronic: true"))
    monkeypatch.setattr(Project, "rules", property(lambda self: rules))


@pytest.mark.usefixtures("switched_on")
def test_many_letters_are_confirmed_in_one_sitting_after_a_proof_of_identity(cast: Cast, browse: Browse) -> None:
    letters = [a_letter(cast, name=name) for name in ("节能降耗", "安全示范岗")]
    chosen = {"letters": [letter.pk for letter in letters]}
    unproved = proved(browse(cast.people.secretary), long_ago=True)
    for password, said in (({}, "请填写"), ({"password": "不对"}, "密码不正确")):
        answer = unproved.post("/letters/confirmations/", chosen | password)
        assert said in answer.content.decode()
        assert answer.context["results"] == []
        assert [row["ticked"] for row in answer.context["page"].rows] == [True, True]
    assert {letter.reload().signatures.count() for letter in letters} == {0}
    for who in (cast.people.secretary, cast.people.unit_secretary):
        browser = proved(browse(who), long_ago=True)
        page = browser.get("/letters/confirmations/")
        assert len(page.context["page"].rows) == 2
        assert "每月深入现场" in page.content.decode(), "the words that are signed stand on the page"
        chosen |= {"password": PASSWORD}
        done = browser.post("/letters/confirmations/", chosen).context["results"]
        assert [one["done"] for one in done] == [True, True]
        again = browser.post("/letters/confirmations/", chosen).context["results"]
        assert [one["done"] for one in again] == [False, False]
    assert {letter.reload().state for letter in letters} == {"signed"}
    assert "不是可靠电子签名" in browse(cast.people.officer).get(url("letter", letters[0])).content.decode()


@pytest.mark.usefixtures("switched_on")
def test_a_letter_whose_tick_was_taken_away_is_not_ticked_again_by_the_link_that_led_here(
    cast: Cast, browse: Browse
) -> None:
    letter, other = a_letter(cast, name="节能降耗"), a_letter(cast, name="安全示范岗")
    browser, page = proved(browse(cast.people.secretary), long_ago=True), f"/letters/confirmations/?letter={letter.pk}"

    def ticked(answer: Any) -> list[str]:
        return [row["project"].name for row in answer.context["page"].rows if row["ticked"]]

    assert ticked(browser.get(page)) == ["节能降耗"]
    assert ticked(browser.post(page, {"letters": [other.pk], "password": "不对"})) == ["安全示范岗"]
    assert ticked(browser.post(page, {"password": "不对"})) == []
    assert {one.signatures.count() for one in (letter.reload(), other.reload())} == {0}


def test_a_project_whose_tick_was_taken_away_stays_without(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    rows = browse(cast.people.officer).post(f"/letters/new/?project={project.pk}", {}).context["page"].rows
    assert [row["ticked"] for row in rows] == [False]


@pytest.mark.usefixtures("switched_on")
def test_what_one_side_confirmed_is_marked_at_the_ceremony_and_not_printed(cast: Cast, browse: Browse) -> None:
    half, paper = a_letter(cast, name="节能降耗"), a_letter(cast, name="安全示范岗")
    half.confirm_electronically(by=cast.people.secretary)
    scans_of(cast, half)
    browser = browse(cast.people.officer)
    page = browser.get("/letters/ceremony/").content.decode()
    assert page.count('name="letters"') == 1
    assert f'value="{paper.pk}"' in page
    assert "张建国已电子确认，待另一方电子确认，不用打印" in page
    assert "已齐" not in page
    for asked in ({}, {"letters": [half.pk, paper.pk]}):
        words = printed(browser.get("/letters/ceremony.pdf", asked))
        assert ("安全示范岗" in words, "节能降耗" in words) == (True, False)
    assert browser.get("/letters/ceremony.pdf", {"letters": [half.pk]}).status_code == 404
    assert "打印用 PDF" in page
    paper.reload().confirm_electronically(by=cast.people.secretary)
    assert "打印用 PDF" not in browser.get("/letters/ceremony/").content.decode(), "nothing is left to print"


@pytest.mark.clause("S-70")
def test_the_next_secretary_takes_over_many_letters_in_one_sitting(cast: Cast, browse: Browse) -> None:
    letters = [a_signed_letter(cast, name=name) for name in ("节能降耗", "安全示范岗", "青年攻关")]
    people, tomorrow = cast.people, clock.today() + timedelta(days=1)
    people.unit_secretary.appointments.get().end(on=clock.today(), by=people.security_admin)
    people.staff.appointments.get().end(on=clock.today(), by=people.security_admin)
    people.staff.appoint(
        Role.UNIT_COMMITTEE_SECRETARY, organisation=cast.places.unit, by=people.security_admin, starts_on=tomorrow
    )
    with clock.fixed_at(f"{tomorrow} 09:00"):
        browser = browse(Person.objects.get(pk=people.staff.pk))
        urls = [row["url"] for row in browser.get("/todos/").context["page"].rows if row["title"] == "接续确认责任书"]
        assert set(urls) == {f"/letters/takeovers/?letter={letter.pk}" for letter in letters}
        page = browser.get(f"/letters/takeovers/?letter={letters[0].pk}")
        assert [row["project"].name for row in page.context["page"].rows if row["ticked"]] == ["节能降耗"]
        assert page.content.decode().count("由刘志远、张建国签订") == 3
        assert "请至少选择一份责任书" in browser.post("/letters/takeovers/", {}).content.decode()
        letters[1].reload().propose_void(reason="名称写错", by=people.officer)
        done = browser.post("/letters/takeovers/", {"letters": [letter.pk for letter in letters]}).context
        assert {one["name"]: one["done"] for one in done["results"]} == {
            "节能降耗": True, "安全示范岗": False, "青年攻关": True,
        }  # fmt: skip
        assert done["page"].rows == []
        foreign = browse(people.foreign_secretary).post("/letters/takeovers/", {"letters": [letters[0].pk]})
        assert foreign.context["results"] == [], "what one does not see cannot be chosen"


@pytest.mark.clause("S-70")
def test_the_question_of_taking_over_tells_signers_and_successors_apart(cast: Cast, browse: Browse) -> None:
    letter, people, today = a_signed_letter(cast), cast.people, clock.today()
    for days, who in ((1, people.member), (2, people.clerk)):
        who.appoint(
            Role.BRANCH_SECRETARY, organisation=cast.places.branch, by=people.security_admin,
            starts_on=today + timedelta(days=days),
        )  # fmt: skip
    with clock.fixed_at(f"{today + timedelta(days=1)} 09:00"):
        letter.reload().carry_on(by=Person.objects.get(pk=people.member.pk))
    with clock.fixed_at(f"{today + timedelta(days=2)} 09:00"):
        page = browse(Person.objects.get(pk=people.clerk.pk)).get(url("letter-takeover", letter)).content.decode()
    assert "本责任书由刘志远、张建国签订，王强已接续确认。" in page


@pytest.mark.usefixtures("switched_on")
def test_what_is_proposed_to_be_void_or_was_made_for_another_branch_waits_for_no_confirmation(
    cast: Cast, browse: Browse
) -> None:
    voided, moved, whole = (a_letter(cast, name=name) for name in ("节能降耗", "安全示范岗", "青年攻关"))
    voided.propose_void(reason="名称有误", by=cast.people.officer)
    Project.objects.filter(pk=moved.project_id).update(branch=cast.places.small_branch)
    page = proved(browse(cast.people.unit_secretary)).get("/letters/confirmations/")
    assert [row["project"].pk for row in page.context["page"].rows] == [whole.project_id]


def test_a_refusal_is_told_once_and_a_void_letter_waits_for_nobody_to_fetch_it(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    browser = browse(cast.people.officer)
    letter.propose_void(reason="名称有误", by=cast.people.officer)
    letter.void(by=cast.people.colleague)
    told = browser.post(url("letter-signing", letter), {"signed_on": "2022-08-24"}).content.decode()
    assert told.count("当前状态为“已作废”，不能登记签订") == 1
    shown = browser.get(url("letter", letter)).content.decode()
    assert shown.count("已作废，不再交付") == 2
    assert "尚未交付" not in shown


def proved(browser: Any, *, long_ago: bool = False) -> Any:
    session = browser.session
    session["confirmed"] = (clock.wall() - timedelta(hours=long_ago)).isoformat()
    session.save()
    return browser


@pytest.mark.once
@pytest.mark.usefixtures("switched_on")
def test_the_confirmed_file_is_downloaded_and_verified_on_a_page(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    browser = browse(cast.people.officer)
    unsigned = a_letter(cast, name="安全示范岗")
    preview = browser.get(url("letter-confirmed", unsigned) + "?view=1")
    printed = pypdf.PdfReader(BytesIO(b"".join(preview.streaming_content))).pages[0].extract_text()
    assert ("电子确认件" in printed, "第1份" in printed) == (True, False)
    for who in (cast.people.secretary, cast.people.unit_secretary):
        letter.reload().confirm_electronically(by=who)
    content = b"".join(browser.get(url("letter-confirmed", letter)).streaming_content)
    shown = browser.get(url("letter", letter)).content.decode()
    assert ("盖章扫描件" in shown, "登记交付" in shown) == (False, False), "it is one file, the same for both"
    assert browse(cast.people.foreign_officer).get(url("letter-confirmed", letter)).status_code == 404

    def told(file: bytes) -> str:
        sent = {"file": SimpleUploadedFile("责任书.pdf", file)}
        return str(browser.post("/letters/verification/", sent).content.decode())

    for tamper, finding in TAMPERED:
        assert WORDS[finding] in told(tamper(content)), tamper
    assert "作废" not in told(content)
    letter.reload().propose_void(reason="名称写错", by=cast.people.officer)
    letter.reload().void(by=cast.people.colleague)
    assert WORDS[Finding.INTACT] in told(content)
    assert f"该责任书（{letter.number}）已于{day_text(clock.today())}作废" in told(content)
    letter.signatures.filter(side="branch").update(certificate="abc")
    assert WORDS[Finding.WRONG_CERTIFICATE] in told(content), "not by the certificate that is bound to the secretary"
    assert "请选择文件" in browser.post("/letters/verification/", {}).content.decode()


def test_each_letter_shows_its_own_scans_alone(cast: Cast, browse: Browse) -> None:
    old = a_signed_letter(cast)
    old.propose_void(reason="名称有误", by=cast.people.officer)
    old.void(by=cast.people.colleague)
    new, officer = Letter.make(old.project.reload(), by=cast.people.officer), browse(cast.people.officer)

    def slots(letter: Letter) -> list[Any]:
        copies = officer.get(url("letter", letter)).context["copies"]
        return [
            (len(slot["earlier"]), bool(slot["standing"]), bool(slot["upload_url"]))
            for slot in (copy["slot"] for copy in copies)
        ]

    assert slots(new) == [(0, False, True)] * 2
    assert "已有的扫描件" not in officer.get(reverse("scan-paper", args=[new.slot(1).bare_mark.code])).content.decode()
    scans_of(cast, new)
    assert slots(new) == [(0, True, True)] * 2
    assert "与现在的文本不同" not in officer.get(url("letter", new)).content.decode()
    scans_of(cast, new)
    assert slots(new) == [(1, True, True)] * 2
    assert slots(old) == [(0, True, False)] * 2, "what was voided keeps what was signed, and takes no more"
