"""The scheme document: what the source plan says, and the file it is kept in."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from dangjian.foundation.window import Window
from dangjian.people.access import Ability
from dangjian.people.organisation import BRANCH_KINDS
from dangjian.programmes import scheme_reader, scheme_writer
from dangjian.programmes.part import Part
from dangjian.programmes.scheme import Head, Scheme, export, read, source_plan_text

SOURCE = source_plan_text()
PLAN = read(SOURCE)


def labels(axis: str) -> list[str]:
    return [item.label for item in PLAN.axis(axis).items]


# What the source plan says


@pytest.mark.clause("S-01", "S-02")
def test_the_head_names_the_plan_its_basis_and_its_principles():
    assert PLAN.title == "关于开展党建项目化管理工作的方案"
    assert PLAN.plan_year == 2022
    assert PLAN.head.number is None
    assert PLAN.head.slogan == "围绕生产抓党建，抓好党建促发展"
    assert [principle[:6] for principle in PLAN.head.principles] == ["坚持与时俱进", "坚持围绕中心", "坚持精心选题"]
    assert [paper.title for paper in PLAN.head.attachments] == [
        "党建项目化管理项目申请表", "党建项目化管理责任书", "实施计划书", "党建项目化管理项目汇总表",
    ]  # fmt: skip


@pytest.mark.clause("S-14", "S-17", "S-25", "S-26", "S-31", "S-36", "S-54", "S-93")
def test_the_windows_are_those_of_the_source_plan():
    assert PLAN.windows == {
        "application": Window("项目申报", date(2022, 8, 15), date(2022, 8, 27), hard=True),
        "review": Window("立项审批", date(2022, 8, 27), date(2022, 8, 29), hard=False),
        "plan": Window("制定计划", date(2022, 8, 29), date(2022, 9, 3), hard=False),
        "filing": Window("汇总表备案", None, date(2022, 9, 3), hard=False),
        "stage_goal_due": Window("形成阶段性目标", None, date(2022, 12, 31), hard=True),
        "assessment": Window("项目考核和评估", date(2022, 12, 1), date(2023, 1, 31), hard=False),
        "narration": Window("党员岗位讲述", None, date(2022, 10, 16), hard=False),
    }
    assert PLAN.stage_goal_due == date(2022, 12, 31)


@pytest.mark.clause("S-14", "S-54", "S-64")
def test_four_stages_follow_each_other_each_with_its_kind_of_time():
    assert [(stage.label, stage.kind) for stage in PLAN.timetable.stages] == [
        ("项目申报和立项", "fixed_dates"),
        ("项目实施和管理", "project_duration"),
        ("项目考核和评估", "year_end"),
        ("项目推广应用", "after_completion"),
    ]
    establishment = PLAN.stage_window("establishment")
    assert establishment == Window("项目申报和立项", date(2022, 8, 15), date(2022, 9, 3), hard=False)
    assert PLAN.stage_window("implementation") is None
    assert PLAN.timetable.stages[-1].months == 12


@pytest.mark.clause("S-93")
def test_narration_begins_when_the_plan_is_issued():
    issued = read(SOURCE.replace("  issued_on:\n", "  issued_on: 2022-08-10\n"))
    assert issued.window("narration").opens_on == date(2022, 8, 10)


@given(year=st.integers(2000, 2100))
def test_another_plan_year_shifts_every_window_by_the_same_years(year: int):
    other = PLAN.for_year(year)
    fixed = {"narration"} if year != 2022 else set()
    assert set(other.windows) == set(PLAN.windows) - fixed
    for key, window in other.windows.items():
        asked = PLAN.window(key)
        for now, then in ((window.opens_on, asked.opens_on), (window.closes_on, asked.closes_on)):
            assert (now is None) == (then is None)
            if now and then:
                assert now == then.replace(year=then.year + year - 2022)
    assert other.for_year(2022) == PLAN


def test_editing_the_plan_year_in_the_file_is_all_that_another_year_needs():
    assert read(SOURCE.replace("plan_year: 2022\n\n", "plan_year: 2024\n\n")) == PLAN.for_year(2024)


def test_a_plan_year_out_of_range_and_a_window_without_dates_are_refused():
    with pytest.raises(ValueError, match="计划年度应在2000至2100之间"):
        PLAN.for_year(1999)
    with pytest.raises(KeyError, match="2023年度没有时限「narration」"):
        PLAN.for_year(2023).window("narration")


@pytest.mark.clause("S-29", "S-32", "S-36")
def test_letter_plan_and_filing_are_switched_on():
    assert (PLAN.gates.letter, PLAN.gates.plan, PLAN.gates.filing) == (True, True, True)


@pytest.mark.clause("S-07", "S-09", "S-10", "S-11", "S-15", "S-73")
def test_the_axes_hold_the_words_of_the_plan():
    assert labels("origin") == ["生产经营", "党建工作"]
    assert (PLAN.axis("origin").required, PLAN.axis("origin").multiple) == (True, True)
    assert [axis.key for axis in PLAN.taxonomies if axis.required] == ["origin"]
    assert labels("innovation") == ["内容", "形式", "载体", "制度", "机制"]
    assert labels("focus") == ["解决难点", "突出亮点", "聚焦重点"]
    assert labels("goal") == ["深化改革", "创新驱动", "科学管控", "稳健发展"]
    assert labels("context") == ["疫情防控"]
    assert labels("carrier")[:5] == ["技术攻关小组", "创新工作室", "党员责任区", "党员先锋队", "党员先锋岗"]
    assert labels("carrier")[5:] == ["党员示范点", "党员联系点"]
    assert labels("campaign") == ["“六个一”党支部", "“四强”党组织", "“四优”共产党员", "党员先锋岗"]
    assert PLAN.label("topic", "saving") == "节能降耗"


@pytest.mark.clause("S-16", "S-19")
def test_topics_and_scopes_stand_under_an_origin():
    def under(axis: str, origin: str) -> list[str]:
        return [item.label for item in PLAN.axis(axis).items_in(origin)]

    assert under("topic", "production") == ["市场开发", "技术攻关", "节能降耗"]
    assert under("topic", "party_work") == ["党建工作模式创新", "党建制度完善"]
    assert under("scope", "production") == ["工程建设", "项目管理", "科研课题"]
    assert under("scope", "party_work") == ["思想建设", "组织建设", "作风建设", "制度建设", "反腐倡廉"]


@pytest.mark.clause("S-03", "S-12", "S-15", "S-18", "S-22", "S-24", "S-25", "S-106")
def test_the_application_asks_what_the_plan_asks_and_advises_the_rest():
    form = PLAN.application
    assert set(form.eligible_kinds) == {str(kind) for kind in BRANCH_KINDS}
    assert (form.name_max, form.max_months, form.stage_goal_when, form.strict_form) == (60, 12, "over_one_year", False)
    required = [field.key for field in form.fields if field.required]
    assert required == ["problem", "necessity", "feasibility", "measures", "expected_goal", "expected_value"]
    assert [field.key for field in form.fields if field.advised] == ["consultation", "investigation"]
    assert PLAN.field("stage_goal").required is False
    assert all(field.seconds > 0 for field in form.fields)


@pytest.mark.clause("S-27", "S-28", "S-30", "S-108", "S-109")
def test_an_application_passes_branch_screening_and_committee_in_this_order():
    branch, screening, committee = PLAN.steps("application")
    assert [step.level for step in (branch, screening, committee)] == ["branch", "unit", "unit"]
    assert [step.ability for step in PLAN.steps("application")] == [
        Ability.RECORD_BRANCH_OPINION, Ability.SCREEN, Ability.RECORD_MEETING,
    ]  # fmt: skip
    assert [step.meeting for step in (branch, screening, committee)] == [True, False, True]
    assert screening.decisions == ("pass", "return")
    assert committee.decisions == ("establish", "return", "reject")
    assert branch.label_at("支部党员大会") == "支部党员大会意见"
    assert screening.label_at("党委会") == "筛选"
    assert committee.label_at("党工委会") == "党工委会意见"
    reasons = {decision.code for decision in PLAN.approvals.decisions if decision.reason_required}
    assert reasons == {"return", "reject"}
    assert PLAN.approvals.decision("reject").label == "不予立项"


@pytest.mark.clause("S-45", "S-48", "S-61", "S-63", "S-64", "S-65", "S-78", "S-83", "S-84", "S-92", "S-113")
def test_the_duties_after_establishment_are_those_of_the_plan():
    duties = PLAN.duties
    assert (duties.reports.monthly_visit, duties.reports.weekly, duties.reports.monthly) == (True, False, False)
    assert duties.contact.days == 7
    assert [question.code for question in duties.supervision.questions] == [
        "close_to_work", "at_the_front", "good_effect",
    ]  # fmt: skip
    assert (duties.extension.warn_from, duties.extension.max_months) == (2, None)
    assert duties.completion.report_days == 30
    assert [section.label for section in duties.completion.sections] == ["项目概况", "实施情况", "成果经验", "评价建议"]
    assert duties.promotion.remind_after_days == (30, 180, 330)
    assert [one.label for one in duties.promotion.criteria] == ["特色鲜明", "运作顺畅", "机制完善"]
    assert len(duties.study.materials) == 5
    headings = [heading.label for heading in duties.negative_list.headings]
    assert headings == ["不在组织", "不像党员", "不起作用", "不守规矩"]
    assert duties.negative_list.personal_records is False
    assert [check.numbers_only for check in duties.special_checks] == [False, True, True, False]


@pytest.mark.clause("S-57", "S-77", "S-79", "S-80", "S-82")
def test_the_rubric_weighs_process_30_and_result_70_over_all_six_contents():
    rubric = PLAN.appraisal.rubric
    assert [(block.label, block.weight) for block in rubric.blocks] == [
        ("过程性考评", Decimal(30)), ("实效性考评", Decimal(70)),
    ]  # fmt: skip
    assert [indicator.weight for indicator in rubric.indicators] == [15, 15, 7, 9, 9, 25, 12, 8]
    assert {indicator.content for indicator in rubric.indicators} - {None} == {
        content.code for content in PLAN.appraisal.contents
    }


@pytest.mark.parametrize(
    ("score", "grade"), [("100", "优秀"), ("90", "优秀"), ("89.99", "良好"), ("60", "合格"), ("59.99", "不合格"), ("0", "不合格")]
)  # fmt: skip
def test_a_score_earns_the_grade_whose_floor_it_reaches(score: str, grade: str):
    assert PLAN.appraisal.grade(Decimal(score)).label == grade


@pytest.mark.clause("S-59")
def test_prizes_take_5_10_and_15_percent_rounded_half_up():
    award = PLAN.appraisal.award
    assert [(tier.label, tier.percent) for tier in award.tiers] == [("一等奖", 5), ("二等奖", 10), ("三等奖", 15)]
    assert (award.rounding, award.min_grade, award.eligibility) == ("half_up", "good", "completed_only")
    assert (PLAN.appraisal.survey.min_answers, PLAN.appraisal.survey.min_comments) == (5, 10)


# The document and its file


def test_a_scheme_cannot_be_changed():
    with pytest.raises(ValidationError):
        PLAN.head.title = "别的"
    assert hash(PLAN) == hash(PLAN.for_year(2022))


def test_what_is_not_in_the_scheme_is_a_key_error_in_chinese():
    for ask in (
        lambda: PLAN.axis("nothing"),
        lambda: PLAN.label("topic", "nothing"),
        lambda: PLAN.field("nothing"),
        lambda: PLAN.steps("nothing"),
        lambda: PLAN.window("nothing"),
        lambda: PLAN.stage_window("nothing"),
        lambda: PLAN.approvals.decision("nothing"),
    ):
        with pytest.raises(KeyError, match=r"没有.*「nothing」"):
            ask()


def test_the_built_in_file_is_exactly_what_export_writes():
    assert export(PLAN) == SOURCE


def test_an_exported_scheme_reads_back_equal_and_keeps_its_explanations():
    other = PLAN.for_year(2031)
    text = export(other)
    assert read(text) == other
    assert "# 奖项，由高到低\n" in text


def test_every_key_is_explained_in_chinese():
    def parts(kind: type[Part]) -> set[type[Part]]:
        below = {part for key in kind.model_fields if (part := kind.part_of(key))}
        return {kind}.union(*(parts(part) for part in below))

    for kind in parts(Scheme):
        for key, field in kind.model_fields.items():
            assert re.search("[一-鿿]", field.description or ""), f"{kind.__name__}.{key}"


@example(text="true")
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_survives_writing_and_reading(text: str):
    head = Head.model_validate({**dict(PLAN.head), "title": text, "principles": (text, "另一条")})
    assert scheme_reader.read(scheme_writer.write(head), Head) == head


def test_a_file_saved_by_notepad_reads_the_same():
    assert read("\ufeff" + SOURCE.replace("\n", "\r\n")) == PLAN
