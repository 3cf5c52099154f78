"""Pages of changes to the organisation: registered by the administrator, settled by the unit, explained to both."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.people.organisation import Organisation
from dangjian.projects import restructuring
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring, carry_out_waiting
from tests.cast import Cast, a_draft, a_forwarded_notice, a_submitted
from tests.projects.test_restructuring import a_dissolution, a_merger

Browse = Callable[..., Any]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_merger_goes_from_the_administrator_to_the_unit_and_back(cast: Cast, browse: Browse) -> None:
    admin, officer = browse(cast.people.system_admin), browse(cast.people.officer)
    project, heir = a_submitted(cast), cast.places.small_branch
    assert "还没有登记过变动" in text_of(admin.get("/restructurings/"))
    facts = {"organisation": cast.places.branch.pk, "successor": heir.pk, "reason": "一公司党〔2022〕21号"}
    assert admin.post("/restructurings/new/merge/", facts).status_code == 302
    change = Restructuring.objects.get()
    path = reverse("restructuring", args=[change.pk])
    seen = text_of(admin.get(path))
    assert "还有 1 个未了结的项目，等" in seen
    assert project.name not in seen
    assert admin.post(path, {f"project-{project.pk}": heir.pk}).status_code == 404
    todos = text_of(officer.get("/todos/"))
    assert "第一项目部党支部合并" in todos
    assert "移交、终结项目" in todos
    page = officer.get(path)
    assert f"{project.name}（待筛选）" in text_of(page)
    assert page.context["form"][f"project-{project.pk}"].value() == str(heir.pk)
    answer = officer.post(path, {f"project-{project.pk}": "end", "reason": ""})
    assert answer.context["form"].errors["reason"]
    assert officer.post(path, {f"project-{project.pk}": heir.pk}).status_code == 302
    assert Project.objects.get().branch == heir
    assert "移交、终结项目" not in text_of(officer.get("/todos/"))
    assert "已生效" in text_of(admin.get(path))
    assert "由第一项目部党支部移交一公司机关党支部" in text_of(officer.get(reverse("project", args=[project.pk])))
    assert "第一项目部党支部合并" in text_of(officer.get("/restructurings/"))


@pytest.mark.parametrize("kind", ["rename", "merge", "dissolve", "move"])
def test_each_change_has_a_form_that_says_what_is_wrong(cast: Cast, browse: Browse, kind: str) -> None:
    admin = browse(cast.people.system_admin)
    path = f"/restructurings/new/{kind}/"
    assert admin.get(path).status_code == 200
    answer = admin.post(path, {"organisation": "x", "reason": ""})
    assert {"organisation", "reason"} <= set(answer.context["form"].errors)
    facts = {"organisation": cast.places.branch.pk, "successor": cast.places.branch.pk, "parent": cast.places.unit.pk}
    facts |= {"full_name": cast.places.branch.full_name, "short_name": cast.places.branch.short_name, "reason": "文"}
    if kind != "dissolve":
        assert admin.post(path, facts).status_code == 200
        assert not Restructuring.objects.exists()
    assert admin.get("/restructurings/new/other/").status_code == 404


def test_a_renamed_and_a_moved_branch_are_seen_at_once(cast: Cast, browse: Browse) -> None:
    admin, branch = browse(cast.people.system_admin), cast.places.branch
    facts = {"organisation": branch.pk, "full_name": "云江支部委员会", "short_name": "云江党支部", "reason": "文"}
    assert admin.post("/restructurings/new/rename/", facts).status_code == 302
    facts = {"organisation": branch.pk, "parent": cast.places.other_unit.pk, "reason": "文"}
    assert admin.post("/restructurings/new/move/", facts).status_code == 302
    assert Organisation.objects.get(short_name="云江党支部").parent == cast.places.other_unit
    page = text_of(admin.get("/restructurings/"))
    assert "云江党支部更名" in page
    assert "云江党支部划转" in page


def test_a_registration_is_cancelled_with_a_reason(cast: Cast, browse: Browse) -> None:
    a_draft(cast)
    change = a_dissolution(cast)
    path, admin = reverse("restructuring-cancel", args=[change.pk]), browse(cast.people.system_admin)
    assert admin.get(path).status_code == 200
    assert admin.post(path, {"reason": ""}).context["form"].errors["reason"]
    assert admin.post(path, {"reason": "登记有误"}).status_code == 302
    assert "登记有误" in text_of(admin.get(reverse("restructuring", args=[change.pk])))
    assert "不能取消登记" in text_of(admin.get(path))


def test_where_the_unit_has_no_officer_the_page_says_what_to_do(cast: Cast, browse: Browse) -> None:
    a_draft(cast)
    change = a_dissolution(cast)
    for who in (cast.people.officer, cast.people.colleague):
        who.appointments.all().delete()
    page = text_of(browse(cast.people.system_admin).get(reverse("restructuring", args=[change.pk])))
    assert "请安全管理员先登记任职" in page


def test_a_change_is_there_for_those_it_concerns(cast: Cast, browse: Browse) -> None:
    a_draft(cast)
    change = a_merger(cast)
    show, cancel = reverse("restructuring", args=[change.pk]), reverse("restructuring-cancel", args=[change.pk])
    for who, seen in (
        ("system_admin", 200), ("officer", 200), ("secretary", 200), ("leader", 200), ("company_officer", 200),
        ("foreign_officer", 404), ("small_secretary", 404), ("security_admin", 404), ("audit_admin", 404), ("staff", 404),
    ):  # fmt: skip
        browser = browse(getattr(cast.people, who))
        assert browser.get(show).status_code == seen, who
        assert browser.get(cancel).status_code == (200 if who == "system_admin" else 404), who
        if who != "officer":
            assert browser.post(show).status_code == 404, who


def test_the_page_of_a_notice_says_that_a_branch_has_ended(cast: Cast, browse: Browse) -> None:
    notice = a_forwarded_notice(cast)
    Restructuring.dissolve(cast.places.branch, successor=None, reason="文", by=cast.people.system_admin)
    assert "党组织已撤销，不用签收" in text_of(browse(cast.people.officer).get(f"/scheme-notices/{notice.pk}/"))


def test_a_move_of_much_is_followed_on_its_page(cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restructuring, "AT_ONCE", 0)
    admin = browse(cast.people.system_admin)
    facts = {"organisation": cast.places.branch.pk, "parent": cast.places.other_unit.pk, "reason": "集团党〔2022〕51号"}
    answer = admin.post("/restructurings/new/move/", facts, follow=True)
    change = Restructuring.objects.get()
    page, retry = reverse("restructuring", args=[change.pk]), reverse("restructuring-retry", args=[change.pk])
    assert "已登记划转，等待执行" in text_of(answer)
    assert "完成以前一切照旧" in text_of(answer)
    assert 'hx-trigger="every 3s"' in text_of(admin.get(page))
    assert "等待执行" in text_of(admin.get("/restructurings/"))
    assert "还没有执行，取消后一切照旧" in text_of(admin.get(reverse("restructuring-cancel", args=[change.pk])))
    assert "当前状态为“等待执行”，不能重新执行" in text_of(admin.get(retry))
    change.begin()
    assert "执行中" in text_of(admin.get(page))
    change.fail("请选择没有撤销的党委、党工委或党总支")
    failed = text_of(admin.get(page))
    assert "没有执行，一切照旧。原因：请选择没有撤销的党委、党工委或党总支" in failed
    assert "hx-trigger" not in failed
    assert browse(cast.people.officer).get(retry).status_code == 404
    assert admin.post(retry).status_code == 302
    carry_out_waiting()
    done = text_of(admin.get(page))
    assert "已生效" in done
    assert "执行完成" in done
