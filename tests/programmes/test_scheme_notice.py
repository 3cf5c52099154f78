"""The scheme notice: who is sent it, who signs, who passes it on with what, and who is reminded."""

from datetime import date
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.overview.reminders import remind_of_signing
from dangjian.overview.unsigned import for_notice
from dangjian.people.organisation import Organisation
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.scheme_notice import NoticeForward, SchemeNotice
from tests.cast import Cast, a_forwarded_notice, a_scheme_notice


def receipt(notice: SchemeNotice, place: Organisation) -> NoticeReceipt:
    return notice.receipts.get(organisation=place)


def told(person: Any) -> list[str]:
    return [each.text for each in Notice.objects.visible_to(person).order_by("pk")]


@pytest.mark.clause("S-01")
def test_the_company_sends_it_to_units_and_its_own_branches_and_they_are_told(cast: Cast) -> None:
    notice = a_scheme_notice(cast)
    places = cast.places
    assert list(SchemeNotice.addressable()) == [places.unit, places.other_unit, places.direct_branch]
    assert [each.organisation for each in notice.receipts.in_order()] == list(SchemeNotice.addressable())
    text = f"公司党委印发了“{notice.title}”，请签收"
    assert told(cast.people.officer) == told(cast.people.direct_secretary) == [text]
    assert told(cast.people.secretary) == []
    assert AuditEntry.objects.get(action="scheme_notice.issue").details == {"number": notice.number, "sent": 3}


@pytest.mark.parametrize("who", ["officer", "unit_secretary", "leader", "secretary"])
def test_the_company_s_officer_alone_issues(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="您没有印发方案通知的权限"):
        a_scheme_notice(cast, by=getattr(cast.people, who))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "  "}, "title"),
        ({"issued_on": date(2022, 8, 25)}, "issued_on"),
        ({"addressees": []}, "addressees"),
        ({"addressees": "branch"}, "addressees"),
        ({"file": [b"MZ program"]}, "file"),
        ({"file": [b""]}, "file"),
        ({"text": "长" * 2001}, "text"),
    ],
)
def test_what_is_wrong_with_a_notice_is_told_at_its_field_and_nothing_is_kept(
    cast: Cast, changed: dict[str, Any], field: str
) -> None:
    if changed.get("addressees") == "branch":
        changed = {"addressees": [cast.places.branch]}
    with pytest.raises(Refused) as refused:
        a_scheme_notice(cast, **changed)
    assert [reason.field for reason in refused.value.reasons] == [field]
    assert not SchemeNotice.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.clause("S-01")
def test_a_unit_signs_once_and_a_colleague_is_told_who_was_first(cast: Cast) -> None:
    held = receipt(a_scheme_notice(cast), cast.places.unit)
    late = receipt(held.notice, cast.places.unit)
    held.sign(by=cast.people.officer)
    with pytest.raises(Overtaken, match="一公司党委陈静2022年8月24日 09:00签收"):
        late.sign(by=cast.people.colleague)
    assert (held.signed_by, held.signed_at) == (cast.people.officer, clock.now())


@pytest.mark.parametrize("who", ["company_officer", "unit_secretary", "foreign_officer", "secretary"])
def test_nobody_signs_for_a_unit_but_its_own_officers(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="您没有为一公司党委签收的权限"):
        receipt(a_scheme_notice(cast), cast.places.unit).sign(by=getattr(cast.people, who))


def test_an_officer_above_does_not_sign_for_a_branch(cast: Cast) -> None:
    held = receipt(a_forwarded_notice(cast), cast.places.branch)
    with pytest.raises(Refused, match="您没有为第一项目部党支部签收的权限"):
        held.sign(by=cast.people.officer)
    held.sign(by=cast.people.clerk)
    assert str(held) == "第一项目部党支部李敏2022年8月24日 09:00签收"


@pytest.mark.clause("S-01")
def test_a_unit_passes_it_on_with_its_own_additions_and_has_thereby_signed(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    own = receipt(notice, cast.places.unit)
    assert own.signed_by == cast.people.officer
    branches = notice.receipts.filter(forward__unit=cast.places.unit).in_order()
    assert [each.organisation for each in branches] == [cast.places.branch, cast.places.small_branch]
    assert told(cast.people.secretary) == [f"一公司党委转发了“{notice.title}”，请签收"]
    assert told(cast.people.foreign_secretary) == []


def test_each_reader_sees_the_additions_of_the_own_unit_alone(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    foreign = notice.forward(
        cast.places.other_unit, branches=[cast.places.foreign_branch], text="二公司要求", by=cast.people.foreign_officer
    )
    own = NoticeForward.objects.exclude(pk=foreign.pk).get()

    def seen(person: Any) -> set[NoticeForward]:
        return set(NoticeForward.objects.visible_to(person))

    people = cast.people
    assert seen(people.secretary) == seen(people.officer) == seen(people.member) == {own}
    assert seen(people.foreign_secretary) == {foreign}
    assert seen(people.leader) == {own, foreign}
    assert seen(people.direct_secretary) == seen(people.staff) == seen(people.system_admin) == set()


def test_a_branch_knows_of_it_only_once_it_was_passed_on(cast: Cast) -> None:
    notice = a_scheme_notice(cast)
    assert not SchemeNotice.objects.visible_to(cast.people.secretary).exists()
    assert SchemeNotice.objects.visible_to(cast.people.direct_secretary).get() == notice
    notice.forward(cast.places.unit, branches=[cast.places.branch], by=cast.people.officer)
    assert SchemeNotice.objects.visible_to(cast.people.secretary).get() == notice
    assert not SchemeNotice.objects.visible_to(cast.people.small_secretary).exists()


@pytest.mark.parametrize(
    ("unit", "branches", "who", "said"),
    [
        ("unit", ["foreign_branch"], "officer", "请选择尚未收到通知的本单位支部"),
        ("unit", [], "officer", "请选择尚未收到通知的本单位支部"),
        ("unit", ["branch"], "foreign_officer", "您没有转发方案通知的权限"),
        ("unit", ["branch"], "company_officer", "您没有转发方案通知的权限"),
        ("company", ["direct_branch"], "company_officer", "这份通知没有发给本单位"),
    ],
)
def test_passing_on_is_refused_with_its_reason(cast: Cast, unit: str, branches: list[str], who: str, said: str) -> None:
    notice = a_scheme_notice(cast)
    with pytest.raises(Refused, match=said):
        notice.forward(
            getattr(cast.places, unit), branches=[getattr(cast.places, name) for name in branches],
            by=getattr(cast.people, who),
        )  # fmt: skip
    assert not NoticeForward.objects.exists()


def test_a_branch_that_was_reached_is_not_sent_it_twice(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    assert notice.forwarders(cast.people.officer) == []
    with pytest.raises(Refused, match="尚未收到通知"):
        notice.forward(cast.places.unit, branches=[cast.places.branch], by=cast.people.officer)


def test_who_has_not_signed_is_asked_once_a_day_by_who_sent_it(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    receipt(notice, cast.places.branch).sign(by=cast.people.secretary)
    assert notice.urge(cast.places.unit, by=cast.people.officer) == 1
    assert told(cast.people.small_secretary)[-1] == f"请签收“{notice.title}”"
    assert len(told(cast.people.secretary)) == 1
    with pytest.raises(Refused, match="今天已经提醒过"):
        notice.urge(cast.places.unit, by=cast.people.colleague)
    assert notice.urge(cast.places.company, by=cast.people.company_officer) == 2
    for who in ("secretary", "foreign_officer", "leader", "company_officer"):
        with pytest.raises(Refused, match="您没有催办签收的权限"):
            notice.urge(cast.places.unit, by=getattr(cast.people, who))
    receipt(notice, cast.places.small_branch).sign(by=cast.people.small_secretary)
    with pytest.raises(Refused, match="都已签收"):
        notice.urge(cast.places.unit, by=cast.people.officer)


@pytest.mark.clause("S-01")
def test_a_revoked_notice_is_told_to_everyone_whom_it_reached_and_asks_for_nothing_more(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    receipt(notice, cast.places.branch).sign(by=cast.people.secretary)
    made = notice.revoke(by=cast.people.company_officer, reason=" 附件有误，另行印发 ")
    assert (notice.is_revoked, made.opinion) == (True, "附件有误，另行印发")
    text = f"“{notice.title}”已撤销：附件有误，另行印发"
    for who in ("officer", "foreign_officer", "direct_secretary", "secretary", "clerk", "small_secretary"):
        assert told(getattr(cast.people, who)).count(text) == 1
    assert text not in told(cast.people.leader)
    with pytest.raises(Refused, match="这份通知已撤销，不用签收"):
        receipt(notice, cast.places.small_branch).sign(by=cast.people.small_secretary)
    assert notice.forwarders(cast.people.foreign_officer) == []
    with pytest.raises(Refused, match="这份通知已撤销，不能转发"):
        notice.forward(cast.places.other_unit, branches=[cast.places.foreign_branch], by=cast.people.foreign_officer)
    with pytest.raises(Refused, match="这份通知已撤销，不能催办签收"):
        notice.urge(cast.places.unit, by=cast.people.officer)
    with pytest.raises(Refused, match="马文办理，当前状态为“已撤销”，不能撤销通知"):
        notice.revoke(by=cast.people.company_officer, reason="再撤一次")
    with clock.fixed_at("2022-08-27 10:00"):
        assert remind_of_signing() == 0


def test_a_unit_that_had_the_notice_open_does_not_pass_on_what_was_revoked_meanwhile(cast: Cast) -> None:
    notice = a_scheme_notice(cast)
    SchemeNotice.objects.get(pk=notice.pk).revoke(by=cast.people.company_officer, reason="附件有误")
    with pytest.raises(Refused, match="这份通知已撤销，不能转发"):
        notice.forward(cast.places.unit, branches=[cast.places.branch], by=cast.people.officer)
    assert not NoticeForward.objects.exists()


@pytest.mark.parametrize(
    ("who", "reason", "said"),
    [
        ("company_officer", "  ", "请写明撤销理由"),
        ("company_officer", "长" * 151, "最多 150 字，现有 151 字"),
        ("officer", "附件有误", "您没有“撤销通知”的权限"),
        ("leader", "附件有误", "您没有“撤销通知”的权限"),
    ],
)
def test_revoking_is_refused_with_its_reason(cast: Cast, who: str, reason: str, said: str) -> None:
    notice = a_scheme_notice(cast)
    with pytest.raises(Refused, match=said):
        notice.revoke(by=getattr(cast.people, who), reason=reason)
    assert not notice.reload().is_revoked


def test_the_worker_reminds_each_once_after_three_days(cast: Cast) -> None:
    notice = a_scheme_notice(cast)
    receipt(notice, cast.places.unit).sign(by=cast.people.officer)
    assert remind_of_signing() == 0
    with clock.fixed_at("2022-08-27 10:00"):
        assert remind_of_signing() == 2
        remind_of_signing()
    assert len(told(cast.people.officer)) == 1
    assert told(cast.people.foreign_officer)[1:] == [f"“{notice.title}”已送达数日，尚未签收，请及时办理"]


def test_the_text_for_a_group_names_who_has_not_signed_in_the_order_of_the_tree(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    receipt(notice, cast.places.direct_branch).sign(by=cast.people.direct_secretary)
    assert for_notice(cast.people.company_officer, notice).splitlines() == [
        f"《{notice.title}》（华川党〔2022〕38号）：截至2022年8月24日 09:00，以下 3 个党组织尚未签收。",
        "",
        "收文单位",
        "　二公司党委",
        "",
        "一公司党委",
        "　第一项目部党支部",
        "　一公司机关党支部",
        "",
        "请登录系统签收。",
    ]
    for branch, by in (("branch", "secretary"), ("small_branch", "small_secretary")):
        receipt(notice, getattr(cast.places, branch)).sign(by=getattr(cast.people, by))
    assert for_notice(cast.people.officer, notice) == ""
