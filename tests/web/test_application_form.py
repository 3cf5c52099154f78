"""The form of the application: two writers, texts too long, files, duties, an older project to begin from."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.project import Project
from tests.cast import CATEGORIES, FACTS, Cast, a_draft, a_submitted, an_agreed_draft, an_established

Browse = Callable[..., Any]
PDF = b"%PDF-1.7 minutes"


def typed(project: Project, **changed: Any) -> dict[str, Any]:
    """The whole form as the browser posts it."""
    return {**FACTS, **CATEGORIES, "seen": project.application.edits, **changed}


def edit(project: Project) -> str:
    return reverse("application-edit", args=[project.pk])


def scan(name: str = "会议记录.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def saved(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


# Two writers


def another_saves(cast: Cast, project: Project) -> None:
    with clock.fixed_at("2022-08-24 10:32"):
        saved(project).application.fill(
            {"problem": "李敏写的问题\n第二行", "ends": "2022-11"}, by=cast.people.clerk, seen=1,
            categories={"origin": ["party_work"]}, team=[(cast.people.member, "组长")],
        )  # fmt: skip


def test_what_the_other_saved_stands_beside_each_field_that_differs(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    another_saves(cast, project)
    page = browse(cast.people.secretary).post(edit(project), typed(project, seen=1, problem="张建国写的"))
    text = page.content.decode()
    assert "他人刚保存过，请核对" in text
    assert "请先改正" not in text
    assert "李敏 10:32 保存过；您输入的还没有保存" in text
    assert list(page.context["form"].theirs) == ["ends", "problem", "origin", "team"]
    assert text.count("李敏 10:32 保存的内容：") == 4
    assert "李敏写的问题<br>第二行" in text
    assert "王强（组长）" in text
    assert "张建国写的" in text
    assert saved(project).application.problem == "李敏写的问题\n第二行"


def test_whoever_saved_in_a_second_window_is_told_that_it_was_themselves(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    another_saves(cast, project)
    clerk = browse(cast.people.clerk)
    text = clerk.post(edit(project), typed(project, seen=1, problem="第一个窗口")).content.decode()
    assert "您在另一个窗口刚保存过，请核对" in text
    assert text.count("您本人（在另一个窗口） 10:32 保存的内容：") == 4
    assert "您本人（在另一个窗口）在10:32保存过这份申请表" in text
    assert "他人刚保存过" not in text
    kept = clerk.post(edit(project), typed(project, seen=1, problem="一"), headers={"HX-Request": "true"})
    assert "您本人（在另一个窗口） 10:32 保存过这份申请表，自动保存已停" in kept.content.decode()


def test_saving_again_after_looking_goes_through(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    another_saves(cast, project)
    secretary = browse(cast.people.secretary)
    text = secretary.post(edit(project), typed(project, seen=1, problem="张建国写的")).content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', text)
    assert seen is not None
    answer = secretary.post(edit(project), typed(project, seen=seen[1], problem="张建国写的"))
    assert answer.status_code == 302
    assert saved(project).application.problem == "张建国写的"


def test_saving_in_the_background_says_who_was_first_and_keeps_the_count(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    another_saves(cast, project)
    text = (
        browse(cast.people.secretary)
        .post(edit(project), typed(project, seen=1, problem="张建国写的"), headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "data-overtaken" in text
    assert "李敏 10:32 保存过这份申请表，自动保存已停" in text
    assert 'name="seen"' not in text


# Texts too long


def test_no_box_of_the_form_cuts_what_is_pasted(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    for path in (edit(project), reverse("application-new")):
        main = browse(cast.people.secretary).get(path).content.decode()
        assert "maxlength" not in main
        assert "data-most" in main


def test_a_text_above_its_limit_is_refused_at_its_field_and_kept_whole(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    most = project.rules.field("problem").max_length
    wrong = {"problem": "长" * (most + 12), "starts": "2022-10", "ends": "2022-08"}
    page = browse(cast.people.secretary).post(edit(project), typed(project, **wrong))
    # All that is wrong is said at once, the lengths too.
    assert page.context["form"].errors == {
        "problem": [f"最多 {most} 字，现有 {most + 12} 字"],
        "ends": ["完成时间不能早于开始时间"],
    }
    assert "长" * (most + 12) in page.content.decode()
    assert saved(project).application.problem == FACTS["problem"]


# The date of the form


@pytest.mark.clause("S-103")
def test_the_form_is_dated_on_screen_and_a_page_without_the_box_leaves_the_date(cast: Cast, browse: Browse) -> None:
    project, secretary = a_draft(cast), browse(cast.people.secretary)
    secretary.post(edit(project), typed(project, filled_on="2022-08-20"))
    assert f"{saved(project).application.filled_on}" == "2022-08-20"
    secretary.post(edit(project), typed(saved(project), problem="另一个问题"))
    assert f"{saved(project).application.filled_on}" == "2022-08-20"
    page = secretary.post(edit(project), typed(saved(project), filled_on="2022-08-25"))
    assert page.context["form"].errors == {"filled_on": ["填表时间不能晚于今天"]}
    assert page.context["form"]["filled_on"].value() == "2022-08-25"
    secretary.post(edit(project), typed(saved(project), filled_on=""))
    assert saved(project).application.filled_on is None


# Contents and meter


def test_an_empty_part_is_not_ticked_and_an_optional_one_says_so(cast: Cast, browse: Browse) -> None:
    project = Project.draft(branch=cast.places.branch, name="只有名称", by=cast.people.secretary)
    page = browse(cast.people.secretary).get(edit(project))
    parts = {part["key"]: part for part in page.context["sections"]}
    assert [key for key, part in parts.items() if part["done"]] == []
    assert [key for key, part in parts.items() if part["optional"]] == ["team", "study"]
    assert page.content.decode().count('<small class="faint">选填</small>') == 2
    assert "填好 0 / 8 节" in page.content.decode()


def test_the_meter_tells_what_still_stands_before_submission(cast: Cast, browse: Browse) -> None:
    secretary = browse(cast.people.secretary)
    assert "必填内容已填好，提交前还要办：请先登记支部委员会意见" in secretary.get(edit(a_draft(cast))).content.decode()
    assert "必填内容已填好，可以提交了" in secretary.get(edit(an_agreed_draft(cast, name="乙"))).content.decode()
    assert "余下必填内容约需" in secretary.get(edit(a_draft(cast, name="丙", problem=""))).content.decode()


@pytest.mark.clause("S-24", "S-25")
def test_the_fields_of_a_long_period_say_when_they_are_asked_for(cast: Cast, browse: Browse) -> None:
    text = browse(cast.people.secretary).get(edit(a_draft(cast))).content.decode()
    for key in ("long_reason", "stage_goal"):
        assert f'id="field-{key}" data-when="months:12"' in text
    assert "起止时间超过1年，请写明理由和2022年12月31日前的阶段性目标" in text


def test_an_odd_start_is_pointed_out_at_the_field(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast, starts="2021-12", ends="2022-10")
    assert "开始时间早于2022年度，请核对" in browse(cast.people.secretary).get(edit(project)).content.decode()


# Files


@pytest.mark.clause("S-12", "S-18")
def test_files_are_put_beside_their_texts_and_fetched_by_whoever_sees_the_project(cast: Cast, browse: Browse) -> None:
    project = an_agreed_draft(cast)
    posted = typed(project, consultation_files=[scan(), scan("签字表.pdf", PDF + b"2")], investigation_files=[scan()])
    assert browse(cast.people.clerk).post(edit(project), posted).status_code == 302
    files = list(saved(project).application.files())
    assert [(file.slot, file.name, file.by) for file in files] == [
        ("consultation", "会议记录.pdf", cast.people.clerk),
        ("consultation", "签字表.pdf", cast.people.clerk),
        ("investigation", "会议记录.pdf", cast.people.clerk),
    ]
    page = browse(cast.people.secretary).get(edit(project)).content.decode()
    assert page.count("李敏 8月24日 09:00上传") == 3

    saved(project).submit(by=cast.people.secretary)
    url = reverse("project-file", args=[project.pk, files[0].pk])
    officer = browse(cast.people.officer)
    for shown in ("project", "screening"):
        assert url in officer.get(reverse(shown, args=[project.pk])).content.decode()
    answer = officer.get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")


def test_a_file_of_another_project_is_not_found(cast: Cast, browse: Browse) -> None:
    one, other = a_draft(cast), a_draft(cast, name="另一个")
    kept = one.application.attach("consultation", chunks=[PDF], name="a.pdf", by=cast.people.clerk)
    assert browse(cast.people.clerk).get(reverse("project-file", args=[other.pk, kept.pk])).status_code == 404


def test_a_file_of_a_wrong_kind_is_refused_at_its_field_and_nothing_is_saved(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    posted = typed(project, problem="改过", investigation_files=[scan(), scan("x.exe", b"MZ")])
    page = browse(cast.people.clerk).post(edit(project), posted)
    assert page.context["form"].errors == {"investigation_files": ["只能上传 PDF、JPG 或 PNG 文件"]}
    assert not saved(project).application.files()
    assert saved(project).application.problem == FACTS["problem"]


def test_removing_a_file_saves_what_was_typed_as_well(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    kept = project.application.attach("consultation", chunks=[PDF], name="a.pdf", by=cast.people.clerk)
    browse(cast.people.clerk).post(edit(project), typed(project, problem="边写边删", remove=kept.pk))
    assert not saved(project).application.files()
    assert saved(project).application.problem == "边写边删"
    assert AuditEntry.objects.filter(action="application.detach", noun_id=project.pk).count() == 1


# Team


@pytest.mark.clause("S-71")
def test_each_member_has_a_duty_that_the_page_and_the_submission_show(cast: Cast, browse: Browse) -> None:
    project = an_agreed_draft(cast)
    member = cast.people.member
    posted = typed(
        project, team=[member.pk], **{f"duty_{member.pk}": " 设备改造 ", f"duty_{cast.people.staff.pk}": "无"}
    )
    secretary = browse(cast.people.secretary)
    secretary.post(edit(project), posted)
    assert [(each.person, each.duty) for each in project.team.all()] == [(member, "设备改造")]
    assert 'value="设备改造"' in secretary.get(edit(project)).content.decode()
    assert "王强（中共党员，设备改造）" in secretary.get(reverse("project", args=[project.pk])).content.decode()
    saved(project).submit(by=cast.people.secretary)
    assert project.revisions.get().facts["team"] == [{"name": "王强", "duty": "设备改造"}]


def test_a_duty_too_long_is_told_beside_the_member(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    key = f"duty_{cast.people.member.pk}"
    page = browse(cast.people.clerk).post(edit(project), typed(project, **{key: "长" * 61}))
    assert page.content.decode().count("最多 60 字，现有 61 字") == 2
    assert f'href="#field-{key}"' in page.content.decode()


# Beginning from an older project


def start(browser: Any, branch: Organisation, like: Any) -> Any:
    return browser.post(reverse("application-new"), {"branch": branch.pk, "name": "新题目", "like": like})


def test_an_older_project_of_the_branch_lends_texts_categories_and_team(cast: Cast, browse: Browse) -> None:
    old = an_established(cast)
    team: list[tuple[Person, str]] = [(cast.people.member, "组长")]
    old.team.all().delete()
    for person, duty in team:
        old.team.create(person=person, duty=duty)
    clerk = browse(cast.people.clerk)
    assert f"2022年 {old.name}（已立项）" in clerk.get(reverse("application-new")).content.decode()
    assert start(clerk, cast.places.branch, old.pk).status_code == 302
    new = Project.objects.get(name="新题目")
    assert (new.application.problem, new.application.measures) == (FACTS["problem"], FACTS["measures"])
    assert (new.starts, new.ends, new.application.consultation, new.branch_opinion()) == ("", "", "", None)
    assert new.codes_by_axis() == CATEGORIES
    assert [(member.person, member.duty) for member in new.team.all()] == team
    row = AuditEntry.objects.get(action="application.begin_like")
    assert (row.noun_id, row.details) == (new.pk, {"project": old.pk})


def test_nobody_begins_from_what_is_not_their_branch_s(cast: Cast, browse: Browse) -> None:
    foreign = a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary)
    a_draft(cast)
    page = start(browse(cast.people.clerk), cast.places.branch, foreign.pk)
    assert "like" in page.context["form"].errors
    assert not Project.objects.filter(name="新题目").exists()


def test_a_first_project_is_not_asked_for_an_older_one(cast: Cast, browse: Browse) -> None:
    assert "底稿" not in browse(cast.people.clerk).get(reverse("application-new")).content.decode()


# Lists


def test_the_lines_of_a_list_are_saved_with_the_form_and_come_back(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    lines = {"targets-3-name": "柴油单耗", "targets-3-value": "5.80", "carriers-0-kind": "pioneer_post"}
    secretary = browse(cast.people.secretary)
    assert secretary.post(edit(project), typed(project, **lines), headers={"HX-Request": "true"}).status_code == 200
    assert saved(project).targets.get().facts() == {"name": "柴油单耗", "value": "5.8"}
    assert saved(project).codes_by_axis()["carrier"] == ["pioneer_post"]
    page = secretary.get(edit(project)).content.decode()
    box = re.search(r'<textarea name="targets-0-name"[^>]*class="grows"[^>]*>\s*柴油单耗</textarea>', page)
    assert box, "a text that is longer than a phone is wide stands in a box that grows with it"
    assert page.count("data-line>") == 40


def test_a_slip_in_a_line_keeps_what_was_typed(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = browse(cast.people.secretary).post(edit(project), typed(project, **{"targets-7-value": "三成"}))
    assert list(page.context["form"].errors) == ["targets-7-value"]
    assert 'name="targets-7-value" value="三成"' in page.content.decode()


# The faces of the form


def names_on(page: Any) -> set[str]:
    return set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', page.content.decode()))


def test_each_face_asks_for_the_same_and_is_remembered(cast: Cast, browse: Browse) -> None:
    project, secretary = a_draft(cast), browse(cast.people.secretary)
    guided, secretary_pk = secretary.get(edit(project)), cast.people.secretary.pk
    for face in ("split", "paper"):
        answer = secretary.post(
            edit(project), typed(saved(project), face=face, problem=f"选了{face}", team=[secretary_pk])
        )
        assert answer.status_code == 302
        assert saved(project).application.problem == f"选了{face}"
        page = browse(cast.people.secretary).get(edit(project))
        assert page.context["face"] == face
        assert names_on(page) == names_on(guided)
    assert browse(cast.people.clerk).get(edit(project)).context["face"] == "guided"
    assert AuditEntry.objects.filter(action="account.choose_face").count() == 2


def test_a_face_chosen_with_a_text_too_long_keeps_the_text(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = browse(cast.people.secretary).post(edit(project), typed(project, face="paper", problem="长" * 900))
    assert page.context["face"] == "paper"
    assert page.context["form"].errors == {"problem": ["最多 800 字，现有 900 字"]}
    assert "长" * 900 in page.content.decode()


@pytest.mark.clause("S-102", "S-107")
def test_the_paper_on_screen_says_what_is_printed(cast: Cast, browse: Browse) -> None:
    project, secretary = an_agreed_draft(cast, problem="<b>能耗</b>偏高"), browse(cast.people.secretary)
    address = reverse("paper", args=[project.pk, "application", "html"])
    page = secretary.get(address).content.decode()
    for said in ("附件1", "项目主要责任人", "&lt;b&gt;能耗&lt;/b&gt;偏高", "2022.8~2022.12", "同意申报。", "继续填写"):
        assert said in page
    part = secretary.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<article")
    assert browse(cast.people.foreign_secretary).get(address).status_code == 404


def test_on_the_paper_a_reason_for_a_long_period_waits_to_be_asked_for(cast: Cast, browse: Browse) -> None:
    project, secretary = a_draft(cast), browse(cast.people.secretary)
    secretary.post(edit(project), typed(project, face="paper"))
    text = secretary.get(edit(project)).content.decode()
    assert (
        '<div class="paper__boxes paper__boxes--one" data-when="months:12"><b class="paper__lead">阶段性目标：' in text
    )
    assert "以下内容不印在表格上" in text


def test_saving_in_the_background_brings_the_contents_along(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast, problem="")
    answer = browse(cast.people.secretary).post(edit(project), typed(project), headers={"HX-Request": "true"})
    assert 'id="contents" aria-label="填写目录" hx-swap-oob="true"' in answer.content.decode()
    assert "必填内容已填好" in answer.content.decode()


# Branches that take part


def test_a_branch_is_named_in_the_form_and_its_people_are_offered_under_its_name(cast: Cast, browse: Browse) -> None:
    project, clerk = a_draft(cast), browse(cast.people.clerk)
    name = "第二项目部党支部（二公司党委）"
    assert f'<option value="{name}"></option>' in clerk.get(edit(project)).content.decode()
    lines = {"partners-0-branch": name, "partners-0-duty": "提供台账"}
    assert clerk.post(edit(project), typed(project, **lines)).status_code == 302
    page = clerk.get(edit(project)).content.decode()
    assert f'name="partners-0-branch" value="{name}"' in page
    assert page.index("第二项目部党支部</div>") < page.index(">吴刚</label>")


def test_a_name_that_no_branch_bears_stays_typed_with_the_reason_beside_it(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    answer = browse(cast.people.clerk).post(edit(project), typed(project, **{"partners-0-branch": "第九支部"}))
    text = answer.content.decode()
    assert "没有这个支部，请从列出的支部中选择" in text
    assert 'name="partners-0-branch" value="第九支部"' in text
    assert not saved(project).partners.exists()


def test_a_draft_and_its_paper_survive_controls_that_came_along_with_what_was_pasted(
    cast: Cast, browse: Browse
) -> None:
    project, secretary = a_draft(cast), browse(cast.people.secretary)
    page = edit(project)
    form = secretary.get(page).context["form"]
    words = {field.html_name: field.value() or "" for field in form if not isinstance(field.value(), (list, tuple))}
    name = next(key for key in words if key.endswith("necessity"))
    secretary.post(page, words | {name: "现场\x00问题\x02多\x0b第二段"})
    assert project.reload().application.necessity == "现场问题多\n第二段"
    assert secretary.get(reverse("paper", args=[project.pk, "application", "docx"])).status_code == 200
