"""The application through its pages: what is typed is kept, refusals stand at their field, nothing is half-saved."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.projects.project import Project
from tests.cast import CATEGORIES, FACTS, Cast, a_draft, a_screened, a_submitted, an_agreed_draft, an_established

Browse = Callable[..., Any]


def typed(project: Project, **changed: Any) -> dict[str, Any]:
    """The whole form as the browser posts it."""
    return {**FACTS, **CATEGORIES, "seen": project.application.edits, **changed}


def test_a_new_application_starts_with_branch_and_name(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.people.clerk).post(
        reverse("application-new"), {"branch": cast.places.branch.pk, "name": "新题目"}
    )
    project = Project.objects.get(name="新题目")
    assert answer["Location"] == reverse("application-edit", args=[project.pk])
    assert (project.created_by, project.owner) == (cast.people.clerk, cast.people.secretary)


def test_the_branch_of_others_cannot_be_chosen(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.people.secretary).post(
        reverse("application-new"), {"branch": cast.places.foreign_branch.pk, "name": "越界"}
    )
    assert answer.status_code == 200
    assert not Project.objects.filter(name="越界").exists()


@pytest.mark.clause("S-106")
def test_a_name_above_sixty_characters_is_refused_at_its_field_and_kept(cast: Cast, browse: Browse) -> None:
    name = "长" * 61
    page = browse(cast.people.secretary).post(
        reverse("application-new"), {"branch": cast.places.branch.pk, "name": name}
    )
    text = page.content.decode()
    assert "项目名称最多 60 字，现有 61 字" in text
    assert name in text


def test_what_is_typed_is_saved_even_with_gaps(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    answer = browse(cast.people.secretary).post(
        reverse("application-edit", args=[project.pk]), typed(project, measures="", problem="新的问题", next="keep")
    )
    assert answer["Location"] == reverse("application-edit", args=[project.pk])
    application = Project.objects.get(pk=project.pk).application
    assert (application.problem, application.measures) == ("新的问题", "")


def test_a_refused_form_keeps_everything_typed_and_saves_nothing(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = browse(cast.people.secretary).post(
        reverse("application-edit", args=[project.pk]),
        typed(project, starts="2022-12", ends="2022-08", problem="改过的问题"),
    )
    text = page.content.decode()
    assert "完成时间不能早于开始时间" in text
    assert "改过的问题" in text
    assert Project.objects.get(pk=project.pk).application.problem == FACTS["problem"]


def test_a_second_writer_is_told_and_keeps_the_text(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    project.application.fill({"problem": "书记写的"}, by=cast.people.secretary, seen=1)
    page = browse(cast.people.clerk).post(
        reverse("application-edit", args=[project.pk]), typed(project, seen=1, problem="干事写的")
    )
    text = page.content.decode()
    assert "张建国在09:00保存过这份申请表" in text
    assert "干事写的" in text


def test_saving_in_the_background_answers_with_the_new_count(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    answer = browse(cast.people.secretary).post(
        reverse("application-edit", args=[project.pk]),
        typed(project, problem="边写边存"),
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert "已暂存" in text
    assert 'name="seen" value="2"' in text


@pytest.mark.clause("S-76")
def test_the_form_counts_the_finished_parts_and_the_minutes_left(cast: Cast, browse: Browse) -> None:
    project = Project.objects.get(pk=a_draft(cast).pk)
    text = browse(cast.people.secretary).get(reverse("application-edit", args=[project.pk])).content.decode()
    assert "填好 8 / 8 节" in text


@pytest.mark.clause("S-22", "S-24", "S-25")
def test_the_submission_page_points_at_each_missing_fact(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast, ends="2023-12", necessity="")
    text = browse(cast.people.secretary).get(reverse("submission", args=[project.pk])).content.decode()
    edit = reverse("application-edit", args=[project.pk])
    for reason, link in (
        ("请填写立项的必要性", f"{edit}#field-necessity"),
        ("起止时间超过1年，请写明理由", f"{edit}#field-long_reason"),
        ("请写明2022年12月31日前要形成的阶段性目标", f"{edit}#field-stage_goal"),
        ("请先登记支部委员会意见", reverse("branch-opinion", args=[project.pk])),
    ):
        assert reason in text
        assert link in text


@pytest.mark.clause("S-23")
def test_a_name_like_another_leads_to_it_where_one_may_see_it(cast: Cast, browse: Browse) -> None:
    like, link = an_established(cast), "看这个项目"
    own, foreign = a_draft(cast), a_draft(cast, cast.places.foreign_branch, by=cast.people.foreign_secretary)
    for who, project, sees in (("secretary", own, True), ("foreign_secretary", foreign, False)):
        page = browse(getattr(cast.people, who)).get(reverse("submission", args=[project.pk])).content.decode()
        assert "名称相近" in page
        assert (link in page, reverse("project", args=[like.pk]) in page) == (sees, sees)
    screened = a_submitted(cast, name=like.name)
    page = browse(cast.people.officer).get(reverse("screening", args=[screened.pk])).content.decode()
    assert f'href="{reverse("project", args=[like.pk])}"' in page


def test_a_refused_submission_says_why_and_changes_nothing(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = browse(cast.people.secretary).post(reverse("submission", args=[project.pk]))
    assert "请先登记支部委员会意见" in page.content.decode()
    assert project.reload().state == "draft"


@pytest.mark.clause("S-17")
def test_after_the_window_the_page_says_how_to_get_it_reopened(cast: Cast, browse: Browse) -> None:
    project = an_agreed_draft(cast)
    with clock.fixed_at("2022-08-29 10:00"):
        page = browse(cast.people.secretary).post(reverse("submission", args=[project.pk]))
    assert (
        "项目申报已于2022年8月27日24时截止；确需补报的，请联系本单位组织部门延长本支部的申报期限"
        in page.content.decode()
    )


@pytest.mark.clause("S-17")
def test_an_officer_reopens_the_window_for_one_branch(cast: Cast, browse: Browse) -> None:
    project = an_agreed_draft(cast)
    with clock.fixed_at("2022-08-29 10:00"):
        answer = browse(cast.people.officer).post(
            reverse("reopen"), {"place": cast.places.branch.pk, "closes_on": "2022-08-31", "reason": "暴雨断网"}
        )
        assert answer["Location"] == reverse("round")
        assert browse(cast.people.secretary).post(reverse("submission", args=[project.pk])).status_code == 302
    assert project.reload().state == "in_approval"


def test_a_clerk_sees_that_the_secretary_submits(cast: Cast, browse: Browse) -> None:
    project = an_agreed_draft(cast)
    page = browse(cast.people.clerk).post(reverse("submission", args=[project.pk]))
    assert "您没有“提交申报”的权限" in page.content.decode()
    assert project.reload().state == "draft"


def test_a_clerk_is_told_what_is_missing_and_not_that_the_right_is(cast: Cast, browse: Browse) -> None:
    lacking, complete = a_draft(cast), an_agreed_draft(cast, name="齐备的")
    clerk = browse(cast.people.clerk)
    page = clerk.get(reverse("submission", args=[lacking.pk])).content.decode()
    assert "请先登记支部委员会意见" in page
    assert "还缺 1 项" in page
    assert "权限" not in page.partition("<main")[2]
    page = clerk.get(reverse("submission", args=[complete.pk])).content.decode()
    assert "还缺" not in page
    assert "由支部书记提交" in page


def test_screening_passes_and_returns(cast: Cast, browse: Browse) -> None:
    first, second = a_submitted(cast), a_submitted(cast, name="另一个")
    officer = browse(cast.people.officer)
    officer.post(
        reverse("screening", args=[first.pk]),
        {"decision": "pass", "answer": "yes", "opinion": "可行", "seen": first.version},
    )
    officer.post(
        reverse("screening", args=[second.pk]), {"decision": "return", "opinion": "请量化", "seen": second.version}
    )
    assert [p.reload().waiting_label for p in (first, second)] == ["待上会", "退回修改"]


def test_one_decision_leads_to_the_next_of_the_queue(cast: Cast, browse: Browse) -> None:
    first, second, third = (a_submitted(cast, name=name) for name in ("甲", "乙", "丙"))
    officer = browse(cast.people.officer)
    page = [reverse("screening", args=[project.pk]) for project in (first, second, third)]
    shown = officer.get(page[1]).context["queue"]
    assert shown == {"text": "待筛选第 2 个，共 3 个", "previous_url": page[0], "next_url": page[2]}
    assert {move["name"] for move in officer.get(page[1]).context["aside"]} == {"hand_over", "recuse"}

    def passed(project: Any, at: str) -> str:
        answer = officer.post(at, {"decision": "pass", "answer": "yes", "opinion": "", "seen": project.version})
        return str(answer["Location"])

    assert passed(second, page[1]) == page[2]
    assert passed(third, page[2]) == page[0]
    assert passed(first, page[0]) == "/screenings/"


def test_a_batch_tells_each_row_who_was_faster_and_passes_no_other_version(cast: Cast, browse: Browse) -> None:
    decided, moved, waiting = (a_submitted(cast, name=name) for name in ("已办的", "换手的", "等着的"))
    officer = browse(cast.people.officer)
    seen = [f"{project.pk}:{project.version}" for project in (decided, moved, waiting)]
    page = officer.get("/screenings/").content.decode()
    assert all(f'name="seen" value="{one}"' in page for one in seen)
    decided.decide("pass", answer=True, by=cast.people.colleague)
    moved.hand_over(to=cast.people.officer, by=cast.people.colleague, reason="外出")
    chosen = {"projects": [project.pk for project in (decided, moved, waiting)], "seen": [*seen, "x", "1:y"]}
    chosen |= {"decision": "pass"}
    results = officer.post("/screenings/", chosen | {"opinion": "可行", "answer": "yes"}).context["results"]
    told = {result["name"]: result for result in results}
    assert [name for name, result in told.items() if result["done"]] == ["等着的"]
    assert cast.people.colleague.name in told["已办的"]["text"]
    assert cast.people.colleague.name in told["换手的"]["text"]
    again = officer.post("/screenings/", chosen | {"answer": "yes"}).context["results"]
    assert not any(result["done"] for result in again if result["name"] != "换手的")


@pytest.mark.clause("S-09")
@pytest.mark.parametrize(
    ("answer", "told"), [("", "请先回答“是否符合企业发展方向”"), ("no", "答“否”的不能通过，请退回修改")]
)
def test_passing_asks_whether_it_fits_the_direction_and_keeps_what_was_typed(
    cast: Cast, browse: Browse, answer: str, told: str
) -> None:
    project = a_submitted(cast)
    sent = {"decision": "pass", "opinion": "选题准确", "answer": answer, "seen": project.version}
    page = browse(cast.people.officer).post(reverse("screening", args=[project.pk]), sent)
    assert told in str(page.context["form"]["answer"].errors)
    assert page.context["form"]["opinion"].value() == "选题准确"
    assert project.reload().waiting_label == "待筛选"


@pytest.mark.clause("S-09")
def test_a_batch_passes_nothing_before_the_question_is_answered(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    chosen = {"projects": [project.pk], "seen": [f"{project.pk}:{project.version}"], "decision": "pass"}
    officer = browse(cast.people.officer)
    refused = officer.post("/screenings/", chosen | {"opinion": "选题准确"})
    assert refused.context["form"].errors == {"answer": ["请先回答“是否符合企业发展方向”"]}
    assert refused.context["form"]["opinion"].value() == "选题准确"
    assert [row["ticked"] for row in refused.context["page"].rows] == [True]
    assert officer.post("/screenings/", chosen | {"answer": "yes"}).context["results"][0]["done"]


@pytest.mark.clause("S-28")
def test_a_batch_is_sent_back_with_one_reason_each_by_itself(cast: Cast, browse: Browse) -> None:
    first, second, decided = (a_submitted(cast, name=name) for name in ("甲", "乙", "丙"))
    officer = browse(cast.people.officer)
    chosen = {
        "projects": [first.pk, second.pk, decided.pk], "decision": "return",
        "seen": [f"{project.pk}:{project.version}" for project in (first, second, decided)],
    }  # fmt: skip
    refused = officer.post("/screenings/", chosen)
    assert refused.context["form"].errors == {"opinion": ["请写明退回修改的理由"]}
    assert (refused.context["results"], len(refused.context["page"].rows)) == ([], 3)
    decided.decide("pass", answer=True, by=cast.people.colleague)
    results = officer.post("/screenings/", chosen | {"opinion": "请量化目标"}).context["results"]
    assert [(each["name"], each["done"]) for each in results] == [("甲", True), ("乙", True), ("丙", False)]
    assert cast.people.colleague.name in results[2]["text"]
    assert [project.reload().waiting_label for project in (first, second)] == ["退回修改", "退回修改"]
    assert first.log().last().opinion == "请量化目标"
    nothing = officer.post("/screenings/", {"projects": [first.pk], "decision": "reject", "opinion": "不行"})
    assert (nothing.status_code, nothing.context["results"]) == (200, [])


@pytest.mark.clause("S-28")
def test_returning_without_a_reason_is_refused_at_the_field(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    page = browse(cast.people.officer).post(
        reverse("screening", args=[project.pk]), {"decision": "return", "opinion": "", "seen": project.version}
    )
    assert "请写明退回修改的理由" in page.content.decode()


@pytest.mark.parametrize("decision", ["", "establish", "agree", "nonsense"])
def test_screening_knows_only_its_own_decisions(cast: Cast, browse: Browse, decision: str) -> None:
    project = a_submitted(cast)
    page = browse(cast.people.officer).post(
        reverse("screening", args=[project.pk]), {"decision": decision, "opinion": "x", "seen": project.version}
    )
    assert page.status_code == 200
    assert project.reload().waiting_label == "待筛选"


def test_a_colleague_who_comes_second_is_told_who_decided(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    seen = project.version
    project.decide("pass", answer=True, by=cast.people.officer)
    page = browse(cast.people.colleague).post(
        reverse("screening", args=[project.pk]), {"decision": "return", "opinion": "x", "seen": seen}, follow=True
    )
    assert "陈静" in page.content.decode()
    assert project.reload().waiting_label == "待上会"


def test_recalling_asks_first_and_then_does_it(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    secretary = browse(cast.people.secretary)
    assert "撤回后可以修改申请表" in secretary.get(reverse("recall", args=[project.pk])).content.decode()
    secretary.post(reverse("recall", args=[project.pk]))
    assert project.reload().state == "draft"


def test_giving_up_keeps_the_reason(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    browse(cast.people.secretary).post(reverse("withdrawal", args=[project.pk]), {"reason": "与他人重复"})
    assert project.reload().state == "withdrawn"
    assert project.log().get().opinion == "与他人重复"


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=99999999999999", "page=-1", "size=7", "size=x", "unit=abc", "unit=999999", "year=zz", "state=nope", "q=%00", "q=" + "长" * 300, "topic=x&topic=y"],
)  # fmt: skip
def test_nonsense_in_the_query_is_no_error(cast: Cast, browse: Browse, query: str) -> None:
    a_submitted(cast)
    assert browse(cast.people.officer).get(f"{reverse('projects')}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=draft", {"甲"}),
        ("state=screening", {"乙"}),
        ("state=meeting", {"丙"}),
        ("state=established", {"丁"}),
        ("q=乙", {"乙"}),
        ("origin=production", {"甲", "乙", "丙", "丁"}),
        ("origin=party_work", set()),
        ("year=2022&state=meeting", {"丙"}),
    ],
)
def test_the_list_shows_what_the_filter_says(cast: Cast, browse: Browse, query: str, found: set[str]) -> None:
    a_draft(cast, name="甲")
    a_submitted(cast, name="乙")
    a_screened(cast, name="丙")
    an_established(cast, name="丁")
    rows = browse(cast.people.secretary).get(f"{reverse('projects')}?{query}").context["page"].rows
    assert {row["name"] for row in rows} == found


def test_the_list_pages_and_counts(cast: Cast, browse: Browse) -> None:
    for number in range(21):
        a_draft(cast, name=f"第{number:02d}个")
    browser = browse(cast.people.secretary)
    first = browser.get(reverse("projects")).context["page"]
    second = browser.get(reverse("projects") + first.next_url).context["page"]
    assert (len(first.rows), len(second.rows), first.count_text, second.next_url) == (20, 1, "共 21 条", "")


def test_a_filter_alone_answers_with_the_rows_alone(cast: Cast, browse: Browse) -> None:
    text = browse(cast.people.officer).get(reverse("projects"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert 'id="rows"' in text


@pytest.mark.clause("S-21", "S-102")
@pytest.mark.parametrize(("kind", "magic"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_application_comes_as_word_and_pdf(cast: Cast, browse: Browse, kind: str, magic: bytes) -> None:
    project = a_submitted(cast)
    answer = browse(cast.people.officer).get(reverse("paper", args=[project.pk, "application", kind]))
    assert b"".join(answer.streaming_content).startswith(magic)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E9%99%84%E4%BB%B61")


@pytest.mark.parametrize(("paper", "kind"), [("letter", "pdf"), ("application", "exe")])
def test_papers_that_do_not_exist_are_not_found(cast: Cast, browse: Browse, paper: str, kind: str) -> None:
    assert (
        browse(cast.people.officer).get(reverse("paper", args=[a_submitted(cast).pk, paper, kind])).status_code == 404
    )


def test_a_line_end_counts_as_one_character(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    most = project.rules.field("problem").max_length
    text = ("字\r\n" * most)[: most // 2 * 3]  # as many characters and line ends together as the limit allows
    browse(cast.people.secretary).post(reverse("application-edit", args=[project.pk]), typed(project, problem=text))
    saved = Project.objects.get(pk=project.pk).application.problem
    assert saved == text.replace("\r\n", "\n").strip()


def test_a_text_above_its_limit_is_told_in_plain_words(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = browse(cast.people.secretary).post(
        reverse("application-edit", args=[project.pk]), typed(project, name="长" * 61)
    )
    assert "最多 60 字，现有 61 字" in page.content.decode()
