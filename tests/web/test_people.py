"""The pages of the three administrators: each finds, does and is refused what is theirs."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dangjian.foundation import audit, clock
from dangjian.foundation.audit import AuditEntry, AuditSeal
from dangjian.overview import todo
from dangjian.people import trail
from dangjian.people.access import Role
from dangjian.people.account import Account
from dangjian.people.delegation import Delegation
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person, secretary_of
from dangjian.people.roster_file import read
from dangjian.projects.project import Project
from setup.step import ROOT
from tests.cast import PASSWORD, Cast, a_signed_letter, a_submitted
from tests.people.test_roster import BRIDGE, PERSON, THIRD, a_file

Browse = Callable[..., Any]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def names_in(answer: Any) -> list[str]:
    return re.findall(r'<a class="ledger__name"[^>]*>([^<]*)<', text_of(answer))


# Accounts


def test_accounts_are_found_by_name_place_and_state(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.system_admin)
    newcomer = Person.enrol(name="新来的", organisation=cast.places.branch, by=cast.people.system_admin)
    cast.people.member.account.disable(by=cast.people.system_admin)
    assert newcomer.name in names_in(browser.get("/accounts/"))
    assert names_in(browser.get("/accounts/", {"q": "李敏"})) == ["李敏"]
    assert names_in(browser.get("/accounts/", {"q": "第一项目部 书记"})) == ["张建国"]
    assert names_in(browser.get("/accounts/", {"place": cast.places.other_unit.pk})) == ["孙丽", "吴刚"]
    assert names_in(browser.get("/accounts/", {"state": "none"})) == ["新来的"]
    assert names_in(browser.get("/accounts/", {"state": "off"})) == ["王强"]
    assert names_in(browser.get("/accounts/", {"state": "locked"})) == []
    assert names_in(browser.get("/accounts/", {"state": "nonsense", "place": "x"})) != []


def test_accounts_come_in_pages(cast: Cast, browse: Browse) -> None:
    for number in range(20):
        Person.enrol(name=f"人员{number}", organisation=cast.places.branch, by=cast.people.system_admin)
    answer = browse(cast.people.system_admin).get("/accounts/", {"page": 2})
    assert len(names_in(answer)) == Person.objects.count() - 20


def test_an_account_is_opened_with_a_password_shown_once(cast: Cast, browse: Browse) -> None:
    person = Person.enrol(name="新来的", organisation=cast.places.branch, by=cast.people.system_admin)
    browser, path = browse(cast.people.system_admin), reverse("account", args=[person.pk])
    assert "开通账号" in text_of(browser.get(path))
    assert "已有人使用" in text_of(browser.post(path, {"username": "clerk"}))
    sent = browser.post(path, {"username": "Xin.Lai"})
    assert sent["Location"] == path
    answer = browser.get(path)
    password = re.search(r"<code>([a-z0-9-]{19})</code>", text_of(answer))
    assert password
    assert "no-store" in answer["Cache-Control"]
    again = text_of(browser.get(path))
    assert password[1] not in again
    assert "一次性密码已经显示过" in again
    assert "可以再次重置" in again
    newcomer = Client()
    assert newcomer.post("/sign-in/", {"username": "xin.lai", "password": password[1]}).status_code == 302
    assert newcomer.get("/")["Location"] == "/password/"
    opened = AuditEntry.objects.filter(action="account.open", actor_id=cast.people.system_admin.pk)
    assert opened.filter(noun_id=Account.objects.get(username="xin.lai").pk).count() == 1


def test_every_act_on_an_account_is_one_button(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.system_admin), reverse("account", args=[cast.people.clerk.pk])
    for act, told in (
        ("disable", "账号已停用"),
        ("enable", "账号已启用"),
        ("end_sessions", "下一次点击时退出"),
        ("unlock", "已解除锁定"),
    ):
        assert told in text_of(browser.post(path, {"act": act}, follow=True))
    assert "一次性密码 <strong><code>" in text_of(browser.post(path, {"act": "reset"}, follow=True))
    assert not Account.objects.get(username="clerk").check_password(PASSWORD)
    assert browser.post(path, {"act": "delete"}).status_code == 404


def test_a_page_with_a_one_time_password_that_is_reloaded_resets_nothing(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.system_admin), reverse("account", args=[cast.people.clerk.pk])
    browser.post(path, {"act": "reset"})
    kept = browser.session["shown_once"]
    password = re.search(r"<code>([a-z0-9-]{19})</code>", text_of(browser.get(path)))
    assert password
    assert password[1] not in str(kept)
    assert "一次性密码已经显示过" in text_of(browser.get(path))
    account = Account.objects.get(username="clerk")
    assert account.check_password(password[1])
    account.change_password("xin-de-mima-9-hao", by=cast.people.clerk)
    assert "一次性密码" not in text_of(browser.get(path))
    assert AuditEntry.objects.filter(action="account.reset_password").count() == 1


def test_one_s_own_account_has_no_buttons_and_takes_no_act(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.system_admin), reverse("account", args=[cast.people.system_admin.pk])
    assert 'name="act"' not in text_of(browser.get(path))
    assert "不能停用自己的账号" in text_of(browser.post(path, {"act": "disable"}))


# Offices


def test_an_office_is_given_and_ended_with_its_dates(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.security_admin), reverse("person-offices", args=[cast.people.staff.pk])
    sent = {"role": Role.BRANCH_CLERK, "organisation": cast.places.branch.pk, "starts_on": "2022-08-24"}
    assert "已登记赵小平任第一项目部党支部经办人" in text_of(browser.post(path, sent, follow=True))
    made = cast.people.staff.appointments.get(role=Role.BRANCH_CLERK)
    end = reverse("office-end", args=[cast.people.staff.pk, made.pk])
    assert "不能早于" in text_of(browser.post(end, {"ends_on": "2022-08-01"}))
    assert "已登记免职" in text_of(browser.post(end, {"ends_on": "2022-08-31"}, follow=True))
    made.refresh_from_db()
    assert (str(made.ends_on), made.with_subtree) == ("2022-08-31", False)
    acts = AuditEntry.objects.filter(actor_id=cast.people.security_admin.pk).order_by("-pk")[:2]
    assert [entry.action for entry in reversed(acts)] == ["person.appoint", "appointment.end"]


@pytest.mark.clause("S-70")
def test_the_next_unit_secretary_sees_the_letters_and_so_does_whoever_acts_for_him(cast: Cast, browse: Browse) -> None:
    """As the form opens: nobody said how far the office reaches."""
    letter, people, today = a_signed_letter(cast), cast.people, clock.today()
    people.unit_secretary.appointments.get().end(on=today, by=people.security_admin)
    browser, path = browse(people.security_admin), reverse("person-offices", args=[people.colleague.pk])
    tomorrow = today + timedelta(days=1)
    sent = {"role": Role.UNIT_COMMITTEE_SECRETARY, "organisation": cast.places.unit.pk, "starts_on": tomorrow}
    people.colleague.appointments.get().end(on=today, by=people.security_admin)
    assert browser.post(path, sent | {"with_subtree": ""}).status_code == 302
    office = people.colleague.appointments.get(role=Role.UNIT_COMMITTEE_SECRETARY)
    with clock.fixed_at(f"{tomorrow} 09:00"):
        new = Person.objects.get(pk=people.colleague.pk)
        Delegation.give([office], to=people.officer, starts_on=tomorrow, ends_on=tomorrow, reason="出差", by=new)
        for who in (new, Person.objects.get(pk=people.officer.pk)):
            assert "接续确认责任书" in [each.what for each in todo.Waiting(who)]
            assert browse(who).get(reverse("letter-takeover", args=[letter.pk])).status_code == 200


def test_an_office_may_be_said_to_end_at_its_own_place(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.security_admin), reverse("person-offices", args=[cast.people.staff.pk])
    sent = {"role": Role.UNIT_COMMITTEE_MEMBER, "organisation": cast.places.unit.pk, "starts_on": "2022-08-24"}
    browser.post(path, sent | {"with_subtree": "alone"})
    assert not cast.people.staff.appointments.get(role=Role.UNIT_COMMITTEE_MEMBER).with_subtree
    assert "本级" in text_of(browser.get(path))


def test_an_administrator_s_office_beside_another_is_refused_at_its_field(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.security_admin), reverse("person-offices", args=[cast.people.clerk.pk])
    sent = {"role": Role.AUDIT_ADMIN, "organisation": cast.places.company.pk, "starts_on": "2022-08-24"}
    answer = browser.post(path, sent)
    assert "由不同的人担任" in text_of(answer)
    assert 'href="#field-role"' in text_of(answer)
    assert not cast.people.clerk.appointments.filter(role=Role.AUDIT_ADMIN).exists()


def test_the_office_of_somebody_else_is_not_ended_under_this_person(cast: Cast, browse: Browse) -> None:
    other = cast.people.secretary.appointments.get()
    path = reverse("office-end", args=[cast.people.clerk.pk, other.pk])
    assert browse(cast.people.security_admin).post(path, {"ends_on": "2022-08-31"}).status_code == 404


def test_a_new_secretary_takes_over_and_the_one_before_is_to_be_ended(cast: Cast, browse: Browse) -> None:
    browser, path = browse(cast.people.security_admin), reverse("person-offices", args=[cast.people.member.pk])
    sent = {"role": Role.BRANCH_SECRETARY, "organisation": cast.places.branch.pk, "starts_on": "2022-08-25"}
    assert "张建国任第一项目部党支部书记尚未免职" in text_of(browser.post(path, sent, follow=True))
    assert secretary_of(cast.places.branch) == cast.people.secretary
    with clock.fixed_at("2022-08-25 00:00"):
        assert secretary_of(cast.places.branch) == cast.people.member


def test_an_office_that_ends_on_the_day_on_which_the_next_begins_is_told_to_overlap(cast: Cast, browse: Browse) -> None:
    office = cast.people.secretary.appointments.get()
    office.end(on=date(2022, 8, 25), by=cast.people.security_admin)
    browser, path = browse(cast.people.security_admin), reverse("person-offices", args=[cast.people.member.pk])
    sent = {"role": Role.BRANCH_SECRETARY, "organisation": cast.places.branch.pk, "starts_on": "2022-08-25"}
    page = text_of(browser.post(path, sent, follow=True))
    assert "尚未免职" not in page
    assert "张建国任第一项目部党支部书记到2022-08-25为止，与新任职的日期重叠；不该重叠的，请改登记后一天起任职" in page


def test_people_are_found_by_the_office_they_hold(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.security_admin)
    assert names_in(browser.get("/offices/", {"role": Role.BRANCH_CLERK})) == ["李敏"]
    assert "一公司党委书记" in text_of(browser.get("/offices/", {"q": "刘志远"}))


# The audit trail


def test_the_trail_tells_who_did_what_without_personal_values(cast: Cast, browse: Browse) -> None:
    Person.enrol(name="秘密姓名", organisation=cast.places.branch, by=cast.people.system_admin)
    shown = text_of(browse(cast.people.audit_admin).get("/audit/", {"action": "person.enrol", "who": "安明"}))
    assert "登记人员" in shown
    assert "安明" in shown
    assert "秘密姓名" not in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, True), ({"since": "2022-08-24", "until": "2022-08-24"}, True), ({"until": "2022-08-23"}, False),
        ({"since": "2022-08-25"}, False), ({"who": "安保"}, False), ({"noun": "organisation"}, False),
        ({"noun": "account"}, True), ({"since": "gestern"}, True), ({"until": "9999-12-31"}, True),
    ],
)  # fmt: skip
def test_the_trail_is_narrowed_by_day_actor_and_object(
    cast: Cast, browse: Browse, asked: dict[str, str], found: bool
) -> None:
    cast.people.clerk.account.disable(by=cast.people.system_admin)
    shown = text_of(browse(cast.people.audit_admin).get("/audit/", asked))
    assert ('<td class="ledger__title">停用账号' in shown) == found


@pytest.mark.parametrize(
    ("action", "words"),
    [("account.reset_password", "重置密码"), ("project.establish", "同意立项"), ("project.nothing", "project.nothing")],
)
def test_actions_are_told_in_the_words_of_their_moves(action: str, words: str) -> None:
    assert trail.action_label(action) == words


def test_every_action_that_is_written_down_has_words() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "dangjian").rglob("*.py"))
    written = set(re.findall(r'audit\.record\(\s*"([a-z_]+\.[a-z_]+)"', source))
    written |= {f"application.{what}" for what in re.findall(r'self\._answer\("([a-z_]+)"', source)}
    written |= {f"account.{what}" for what in re.findall(r'self\._change\(\s*"([a-z_]+)"', source)}
    written |= {f"project.{what}" for what in re.findall(r'self\._prompt\("([a-z_]+)"', source)}
    assert len(written) > 40
    assert [action for action in sorted(written) if trail.action_label(action) == action] == []


def test_the_check_of_the_chain_tells_its_verdict_and_leaves_a_row(cast: Cast, browse: Browse) -> None:
    audit.seal()
    browser = browse(cast.people.audit_admin)
    answer = browser.post("/audit/verification/")
    assert "校验通过" in text_of(answer)
    assert AuditEntry.objects.latest("pk").action == "audit.verify"
    assert AuditEntry.objects.latest("pk").actor_id == cast.people.audit_admin.pk
    assert "未封存" in text_of(browser.get("/audit/"))


def test_a_broken_chain_is_told(cast: Cast, browse: Browse) -> None:
    audit.seal()
    sealed = AuditSeal.objects.count()
    entry = audit.record("person.enrol", cast.people.clerk, by=None)
    AuditSeal.objects.create(sequence=sealed + 1, entry_id=entry.pk, digest="0" * 64)
    shown = text_of(browse(cast.people.audit_admin).post("/audit/verification/"))
    assert "校验不通过" in shown
    assert f"从第 {sealed + 1} 行起" in shown


# The roster


def test_the_standing_roster_is_taken_out_by_who_keeps_it(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in (cast.people.system_admin, cast.people.security_admin):
        answer = browse(who).post("/roster/", {"act": "standing"})
        assert "%E7%8E%B0%E6%9C%89%E5%90%8D%E5%86%8C.xlsx" in answer["Content-Disposition"]
        assert read(answer.content)
    assert browse(cast.people.officer).post("/roster/", {"act": "standing"}).status_code == 404
    monkeypatch.setattr("dangjian.people.roster_file.MOST_ROWS", 8)
    answer = browse(cast.people.system_admin).post("/roster/", {"act": "standing"})
    assert answer["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as packed:
        names = packed.namelist()
        assert names == [f"现有名册-{number}.xlsx" for number in range(1, len(names) + 1)]
        assert len(names) > 1
        for name in names:
            assert 0 < len(read(packed.read(name))) <= 8


def sent(data: bytes) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("名册.xlsx", data)}


def carried(answer: Any) -> str:
    found = re.search(r'name="rows" value="([^"]*)"', text_of(answer))
    assert found
    return found[1].replace("&quot;", '"').replace("&#x27;", "'")


def test_a_roster_is_looked_at_mended_and_imported(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.system_admin)
    wrong = ["钱多", "没有的党支部", "党员", "", ""]
    answer = browser.post("/roster/", sent(a_file(党组织=[BRIDGE, THIRD], 人员=[PERSON, wrong])))
    shown = text_of(answer)
    assert "新增 3 行" in shown
    assert "人员 第 3 行" in shown
    assert "确认导入" not in shown
    assert not Organisation.objects.filter(short_name="三公司党委").exists()
    rows = carried(answer)
    early = browser.post("/roster/", {"rows": rows, "act": "import"})
    assert "要改正的" in text_of(early)
    assert not Person.objects.filter(name="龚䶮").exists()
    answer = browser.post("/roster/", {"rows": rows, "act": "check", "cell-3-political_status": "群众"})
    assert "没有“没有的党支部”" in text_of(answer)
    answer = browser.post(
        "/roster/", {"rows": carried(answer), "act": "check", "cell-3-organisation": "大桥项目部党支部"}
    )
    assert "确认导入" in text_of(answer)
    done = browser.post("/roster/", {"rows": carried(answer), "act": "import"}, follow=True)
    assert "已导入：新增 4 行" in text_of(done)
    assert Person.objects.get(name="钱多").political_status == "masses"


def test_the_security_administrator_imports_the_offices_of_the_same_file(cast: Cast, browse: Browse) -> None:
    line = ["李敏", "第一项目部党支部", "", "支部委员", "", "", "2022.8.1", ""]
    answer = browse(cast.people.security_admin).post("/roster/", sent(a_file(人员=[PERSON], 任职=[line])))
    assert "属于另一位管理员的行" in text_of(answer)
    browse(cast.people.security_admin).post("/roster/", {"rows": carried(answer), "act": "import"})
    assert cast.people.clerk.appointments.filter(role=Role.BRANCH_COMMITTEE_MEMBER).exists()
    assert not Person.objects.filter(name="龚䶮").exists()


@pytest.mark.clause("S-70")
def test_an_imported_secretary_takes_the_projects_over_at_once(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    before = ["张建国", "第一项目部党支部", "", "党支部书记", "", "", "2022.8.1", "2022.8.23"]
    after = ["王强", "第一项目部党支部", "", "党支部书记", "", "", "2022.8.24", ""]
    answer = browse(cast.people.security_admin).post("/roster/", sent(a_file(任职=[before, after])))
    facts = {"rows": carried(answer), "act": "import"}
    done = text_of(browse(cast.people.security_admin).post("/roster/", facts, follow=True))
    assert "1个在办项目已转交新任书记（1个支部），交接单已发给双方" in done
    assert Project.objects.get(pk=project.pk).owner == cast.people.member
    again = browse(cast.people.security_admin).post("/roster/", facts, follow=True)
    assert "在办项目已转交" not in text_of(again)


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b"])
def test_a_file_that_is_refused_says_why_at_its_field(cast: Cast, browse: Browse, data: bytes) -> None:
    answer = browse(cast.people.system_admin).post("/roster/", sent(data))
    assert answer.status_code == 200
    assert 'class="summary" role="alert"' in text_of(answer)


def test_no_file_and_a_made_up_page_are_refused_kindly(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.system_admin)
    assert "请先补正下面 1 处" in text_of(browser.post("/roster/", {}))
    assert "请重新上传文件" in text_of(browser.post("/roster/", {"rows": "{", "act": "import"}))


def test_the_template_is_an_excel_file_that_comes_back(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.people.system_admin).get("/roster/template.xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert read(answer.content) == []


# The way there


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("system_admin", {"/accounts/", "/roster/"}), ("security_admin", {"/offices/", "/roster/"}),
        ("audit_admin", {"/audit/"}), ("secretary", set()), ("company_officer", set()), ("staff", set()),
    ],
)  # fmt: skip
def test_the_workbench_leads_each_administrator_to_their_pages(
    cast: Cast, browse: Browse, who: str, pages: set[str]
) -> None:
    shown = text_of(browse(getattr(cast.people, who)).get("/"))
    assert {page for page in ("/accounts/", "/roster/", "/offices/", "/audit/") if f'href="{page}"' in shown} == pages
    assert ("您能看到的项目会列在这里" in shown or 'id="projects-title"' in shown) == (not pages)
