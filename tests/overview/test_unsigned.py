"""未签收立项通知: who looks after it, what a group is told, and that nobody is asked twice a day."""

from collections.abc import Callable
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview.unsigned import establishments, for_establishments
from dangjian.projects.resolution import Resolution
from tests.cast import Cast, an_established


def asked(person: Any) -> int:
    return Notice.objects.visible_to(person).filter(text__contains="的立项通知").count()


@pytest.mark.clause("S-28")
def test_the_unit_s_officer_reads_which_branch_has_not_signed(cast: Cast) -> None:
    project, signed = an_established(cast), an_established(cast, name="另一个项目")
    signed.establishment().receive(by=cast.people.secretary)
    assert [each.project for each in establishments(cast.people.officer)] == [project]
    assert for_establishments(cast.people.officer).splitlines() == [
        "立项通知：截至2022年8月24日 09:00，以下 1 个项目尚未签收。",
        "",
        "一公司党委",
        f"　第一项目部党支部：{project.name}",
        "",
        "请登录系统签收。",
    ]
    for who in ("foreign_officer", "company_officer", "unit_secretary", "secretary", "leader"):
        assert not establishments(getattr(cast.people, who)).exists()
    project.establishment().receive(by=cast.people.clerk)
    assert for_establishments(cast.people.officer) == ""


def test_each_project_is_asked_for_once_a_day(cast: Cast) -> None:
    an_established(cast)
    assert Resolution.urge_unsigned(by=cast.people.officer) == 1
    assert asked(cast.people.secretary) == asked(cast.people.clerk) == 1
    later = an_established(cast, name="另一个项目")
    assert Resolution.urge_unsigned(by=cast.people.colleague) == 1
    assert asked(cast.people.secretary) == 2
    with pytest.raises(Refused, match="今天已经提醒过，明天再办"):
        Resolution.urge_unsigned(by=cast.people.officer)
    with clock.fixed_at("2022-08-25 09:00"):
        assert Resolution.urge_unsigned(by=cast.people.officer) == 2
    assert AuditEntry.objects.filter(action="resolution.urge", noun_id=later.pk).count() == 2


def test_urging_is_refused_to_others_and_where_all_have_signed(cast: Cast) -> None:
    an_established(cast).establishment().receive(by=cast.people.secretary)
    with pytest.raises(Refused, match="都已签收"):
        Resolution.urge_unsigned(by=cast.people.officer)
    for who in ("secretary", "unit_secretary", "leader", "staff"):
        with pytest.raises(Refused, match="没有催办签收的权限"):
            Resolution.urge_unsigned(by=getattr(cast.people, who))


def test_the_page_lists_them_beside_the_text_and_urges(cast: Cast, browse: Callable[..., Any]) -> None:
    officer = browse(cast.people.officer)
    assert "都已签收立项通知" in officer.get("/projects/unsigned/").content.decode()
    project = an_established(cast)
    shown = officer.get("/projects/unsigned/").content.decode()
    for said in (project.name, project.number, "一公司党委会〔2022〕第1期", "复制到群", "请登录系统签收。"):
        assert said in shown
    assert "未签收立项通知" in officer.get("/meetings/").content.decode()
    told = officer.post("/projects/unsigned/reminder/", follow=True).content.decode()
    assert "已提醒支部签收 1 个项目的立项通知" in told
    assert "今天已经提醒过" in officer.post("/projects/unsigned/reminder/", follow=True).content.decode()
    assert browse(cast.people.secretary).post("/projects/unsigned/reminder/").status_code == 404
