"""The cast: one company, two units, five branches and the people of every test, made once a session.

Builders reach a state through the real verbs, so that no test sits in an impossible one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from dangjian.agreements.letter import Letter
from dangjian.delivery import summary
from dangjian.delivery.change import PlanChange
from dangjian.delivery.filing import Filing
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.foundation import clock
from dangjian.foundation.upload import Upload
from dangjian.papers.scanned import File
from dangjian.people.access import Role
from dangjian.people.account import Account, first_administrator
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person, PoliticalStatus
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_notice import SchemeNotice
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.briefing import Briefing
from dangjian.projects.handover import Handover
from dangjian.projects.instruction import Instruction
from dangjian.projects.meeting import Attendance, Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.scan_batch import ScanBatch, read_waiting
from tests.remembered import remembered

PASSWORD = "gongdi-8-anquan-dui"
OPENING_DAY = "2022-08-01 09:00"
A_WORKING_DAY = "2022-08-24 09:00"
REVIEW_DAY = "2022-08-28 15:00"

FACTS = {
    "name": "发挥党员作用，实现节能降耗30万元",
    "starts": "2022-08",
    "ends": "2022-12",
    "problem": "夏季施工高峰柴油、电力消耗偏高，机械空转多，单位产值能耗高于定额8%。",
    "necessity": "能耗占项目直接成本的12%，不降下来将影响全年利润目标。",
    "feasibility": "支部有机电党员骨干6人，已有燃油台账，具备逐台考核的条件。",
    "measures": "党员包机、逐台核定油耗定额；每周通报；对高耗设备技改。",
    "expected_goal": "到2022年12月累计节约能耗费用30万元。",
    "expected_value": "形成可在同类项目推广的包机降耗办法。",
    "consultation": "8月10日支部党员大会征求14名党员意见，收到6条，采纳4条。",
    "investigation": "逐台测量了23台设备的空转时间。",
}
CATEGORIES = {"origin": ["production"]}


@dataclass
class Cast:
    """Organisations and people by the names the tests use."""

    places: SimpleNamespace = field(default_factory=SimpleNamespace)
    people: SimpleNamespace = field(default_factory=SimpleNamespace)


def assemble(scheme_text: str = "") -> Cast:
    """Make the cast in an empty database, under the source plan or another scheme."""
    with clock.fixed_at(OPENING_DAY):
        cast = Cast()
        _set_up_places(cast)
        _set_up_people(cast)
        scheme = SchemeVersion.issue(scheme_text or source_plan_text(), by=cast.people.company_officer)
        Round.open(scheme, by=cast.people.company_officer)
    return cast


def find() -> Cast:
    """The cast as the database of a test holds it."""
    cast = Cast()
    for key, name in PLACES.items():
        setattr(cast.places, key, Organisation.objects.get(short_name=name))
    for account in Account.objects.select_related("person__organisation"):
        setattr(cast.people, account.username.replace("-", "_"), account.person)
    return cast


PLACES = {
    "company": "华川建设集团党委",
    "unit": "一公司党委",
    "other_unit": "二公司党委",
    "branch": "第一项目部党支部",
    "small_branch": "一公司机关党支部",
    "foreign_branch": "第二项目部党支部",
    "direct_branch": "集团机关党支部",
}


def _set_up_places(cast: Cast) -> None:
    admin = first_administrator(
        "system-admin",
        name="安明",
        company="中共华川建设集团有限公司委员会",
        password=PASSWORD,
        security="安保",
    )
    top = admin.person.organisation
    Organisation.objects.filter(pk=top.pk).update(short_name=PLACES["company"])
    places = cast.places
    places.company = Organisation.objects.get(pk=top.pk)

    def found(key: str, parent: Organisation, full_name: str, **facts: Any) -> None:
        facts.setdefault("kind", Kind.BRANCH)
        setattr(
            places,
            key,
            Organisation.found(parent=parent, by=admin.person, full_name=full_name, short_name=PLACES[key], **facts),
        )

    found(
        "unit",
        places.company,
        "中共华川建设集团第一工程有限公司委员会",
        kind=Kind.COMMITTEE,
        may_establish=True,
        ordinal=1,
    )
    found(
        "other_unit",
        places.company,
        "中共华川建设集团第二工程有限公司委员会",
        kind=Kind.COMMITTEE,
        may_establish=True,
        ordinal=2,
    )
    found("branch", places.unit, "第一工程公司第一项目部党支部", ordinal=1)
    found("small_branch", places.unit, "第一工程公司机关党支部", ordinal=2, under_seven=True)
    found("foreign_branch", places.other_unit, "第二工程公司第二项目部党支部", ordinal=1)
    found("direct_branch", places.company, "集团机关党支部", ordinal=3)


def _set_up_people(cast: Cast) -> None:
    places, people = cast.places, cast.people
    admin = people.system_admin = Account.objects.get().person
    keeper = people.security_admin = Person.objects.get(name="安保")

    def open_account(key: str, person: Person) -> None:
        Account.open(key.replace("_", "-"), person=person, password=PASSWORD, by=admin, must_change_password=False)
        setattr(people, key, person)

    def join(
        key: str, name: str, place: Organisation, role: Role | None, *, with_subtree: bool = False, **facts: Any
    ) -> None:
        person = Person.enrol(name=name, organisation=place, by=admin, **facts)
        if role:
            person.appoint(role, organisation=place, by=keeper, with_subtree=with_subtree)
        open_account(key, person)

    open_account("security_admin", keeper)
    join("secretary", "张建国", places.branch, Role.BRANCH_SECRETARY, post="党支部书记")
    join("clerk", "李敏", places.branch, Role.BRANCH_CLERK, post="党建干事")
    join("member", "王强", places.branch, Role.BRANCH_COMMITTEE_MEMBER, post="机电工程师")
    join("staff", "赵小平", places.branch, Role.STAFF, political_status=PoliticalStatus.MASSES)
    join("small_secretary", "周海", places.small_branch, Role.BRANCH_SECRETARY)
    join("foreign_secretary", "吴刚", places.foreign_branch, Role.BRANCH_SECRETARY)
    join("direct_secretary", "郑华", places.direct_branch, Role.BRANCH_SECRETARY)
    join("officer", "陈静", places.unit, Role.UNIT_ORG_OFFICER, with_subtree=True, post="组织干事")
    join("colleague", "何平", places.unit, Role.UNIT_ORG_OFFICER, with_subtree=True, post="组织干事")
    join("unit_secretary", "刘志远", places.unit, Role.UNIT_COMMITTEE_SECRETARY, with_subtree=True)
    join("foreign_officer", "孙丽", places.other_unit, Role.UNIT_ORG_OFFICER, with_subtree=True)
    join("company_officer", "马文", places.company, Role.COMPANY_ORG_OFFICER, with_subtree=True)
    people.company_officer.appoint(Role.UNIT_ORG_OFFICER, organisation=places.company, by=keeper, with_subtree=False)
    join("leader", "高峰", places.company, Role.COMPANY_LEADER, with_subtree=True)
    join("audit_admin", "安查", places.company, Role.AUDIT_ADMIN, with_subtree=True)


# Builders


def attendance(expected: int = 7, present: int = 7) -> Attendance:
    return Attendance(expected=expected, present=present, chair="主持人", recorder="记录人")


@remembered
def a_draft(cast: Cast, branch: Organisation | None = None, by: Person | None = None, **facts: str) -> Project:
    """A complete application of the branch that only lacks the branch's opinion."""
    by = by or cast.people.secretary
    project = Project.draft(branch=branch or cast.places.branch, name=facts.get("name", FACTS["name"]), by=by)
    project.application.fill({**FACTS, **facts}, by=by, seen=0, categories=CATEGORIES, team=[(by, "")])
    return Project.objects.get(pk=project.pk)


@remembered
def an_agreed_draft(cast: Cast, branch: Organisation | None = None, by: Person | None = None, **facts: str) -> Project:
    """With the branch's own meeting recorded."""
    project = a_draft(cast, branch, by, **facts)
    day = clock.today()
    Meeting.record(
        project.branch, held_on=day, issue=Meeting.next_issue(project.branch, day.year), attendance=attendance(),
        verdicts=[Verdict(project, "agree", "同意申报。")], by=by or cast.people.secretary,
    )  # fmt: skip
    return project


@remembered
def a_submitted(cast: Cast, branch: Organisation | None = None, by: Person | None = None, **facts: str) -> Project:
    """Handed in, waiting to be screened."""
    project = an_agreed_draft(cast, branch, by, **facts)
    project.submit(by=by or cast.people.secretary)
    return Project.objects.get(pk=project.pk)


@remembered
def a_screened(cast: Cast, branch: Organisation | None = None, by: Person | None = None, **facts: str) -> Project:
    """Passed by the screener, waiting for the committee."""
    project = a_submitted(cast, branch, by, **facts)
    project.decide("pass", answer=True, by=cast.people.officer, opinion="选题准确。")
    return Project.objects.get(pk=project.pk)


def a_meeting(cast: Cast, *verdicts: Verdict, by: Person | None = None, held_on: date | None = None) -> Meeting:
    """A meeting of the unit's committee that decides ``verdicts``."""
    held_on = held_on or clock.today()
    return Meeting.record(
        cast.places.unit, held_on=held_on, issue=Meeting.next_issue(cast.places.unit, held_on.year),
        attendance=attendance(), verdicts=verdicts, by=by or cast.people.officer,
    )  # fmt: skip


@remembered
def an_established(cast: Cast, **facts: str) -> Project:
    project = a_screened(cast, **facts)
    a_meeting(cast, Verdict(project, "establish", "同意立项。"))
    return Project.objects.get(pk=project.pk)


def a_scheme_notice(cast: Cast, by: Person | None = None, **facts: Any) -> SchemeNotice:
    """Issued to every unit and to the company's own branch."""
    held = Round.current()
    assert held is not None
    known: dict[str, Any] = {
        "title": held.rules.title, "number": "华川党〔2022〕38号", "issued_on": clock.today(),
        "addressees": SchemeNotice.addressable(), "file": [b"%PDF-1.7 scheme"], "file_name": "方案.pdf",
    }  # fmt: skip
    return SchemeNotice.issue(held, by=by or cast.people.company_officer, **known | facts)


def a_forwarded_notice(cast: Cast, **facts: Any) -> SchemeNotice:
    """Passed on by the unit to both its branches, with a text and a file of its own."""
    made = a_scheme_notice(cast, **facts)
    made.forward(
        cast.places.unit, branches=[cast.places.branch, cast.places.small_branch], text="本单位请于8月25日前提交。",
        file=[b"%PDF-1.7 addition"], file_name="补充.pdf", by=cast.people.officer,
    )  # fmt: skip
    return made


def a_briefing(cast: Cast, project: Project | None = None, by: Person | None = None, **facts: Any) -> Briefing:
    """The unit's, laid before its secretary."""
    known: dict[str, Any] = {
        "to": cast.people.unit_secretary, "title": "关于节能降耗项目有关情况", "summary": "项目已立项，需要设备部门配合。",
        "proposal": "拟请设备部门8月底前完成油耗表校准。", "projects": [project or an_established(cast)],
    }  # fmt: skip
    return Briefing.present(cast.places.unit, by=by or cast.people.officer, **known | facts)


def an_instruction(cast: Cast, briefing: Briefing | None = None, by: Person | None = None, **facts: Any) -> Instruction:
    """Given by the unit's secretary to the branch of the project."""
    known: dict[str, Any] = {
        "text": "同意。请第一项目部支部抓紧落实。", "organisation": cast.places.branch,
        "due_on": clock.today() + timedelta(days=7),
    }  # fmt: skip
    return Instruction.give(briefing or a_briefing(cast), by=by or cast.people.unit_secretary, **known | facts)


@remembered
def a_plan(cast: Cast, project: Project | None = None, by: Person | None = None, **facts: Any) -> Plan:
    """Drafted by the branch with everything that submission asks for."""
    by, project = by or cast.people.secretary, project or an_established(cast)
    plan = Plan.begin(project, by=by)
    plan.fill(facts, by=by, seen=plan.edits, lists=plan_lists(by.pk), team=[(cast.people.member, "技术改造")])
    return plan


def plan_lists(person: int) -> dict[str, list[dict[str, Any]]]:
    """Goals, measures and milestones that ``person`` answers for."""
    return {
        "goals": [
            {"level": "overall", "name": "节约能耗费用", "baseline": "0", "value": "30", "unit": "万元", "person": person, "due": "2022-12-31"},
            {"level": "stage", "name": "完成油耗定额核定", "criterion": "23台设备全部有定额", "person": person, "due": "2022-09-30"},
            {"level": "sub", "name": "机械空转时间下降", "baseline": "20", "value": "12", "unit": "%", "person": person, "due": "2022-11-30"},
        ],
        "measures": [
            {"name": "党员包机，逐台核定油耗定额", "person": person, "starts": "2022-09-01", "due": "2022-09-30"},
            {"name": "每周通报油耗", "person": person, "starts": "2022-09-05", "due": "2022-12-25"},
        ],
        "tasks": [{"year": "2022", "name": "节约30万元", "person": person, "due": "2022-12-31"}],
        "milestones": [
            {"name": "定额核定完成", "due": "2022-09-30"},
            {"name": "项目完成", "due": "2022-12-31", "person": person},
        ],
    }  # fmt: skip


@remembered
def a_handed_in_plan(cast: Cast, project: Project | None = None, **facts: Any) -> Plan:
    """Waiting for the department."""
    plan = a_plan(cast, project, **facts)
    plan.hand_in(by=cast.people.secretary)
    return Plan.objects.get(pk=plan.pk)


@remembered
def an_approved_plan(cast: Cast, project: Project | None = None, **facts: Any) -> Plan:
    """Checked by the officer, the leader's signature recorded."""
    plan = a_handed_in_plan(cast, project, **facts)
    plan.decide("pass", by=cast.people.officer, checked_for=list(CHECKLIST))
    plan.decide("approve", by=cast.people.officer, leader="刘志远", held_on=clock.today())
    return Plan.objects.get(pk=plan.pk)


def a_change(cast: Cast, plan: Plan, *, reason: str = "人员调整", ends: str = "", **lists: Any) -> PlanChange:
    """Handed in by the secretary; lists that are not given stay as they are."""
    change = PlanChange.begin(plan, by=cast.people.secretary)
    change.fill(reason=reason, ends=ends, lists=lists, by=cast.people.secretary, seen=change.edits)
    change.apply(by=cast.people.secretary)
    return PlanChange.objects.get(pk=change.pk)


@remembered
def a_letter(cast: Cast, project: Project | None = None, **facts: str) -> Letter:
    """Made for an established project, waiting to be signed."""
    made = Letter.make(project or an_established(cast, **facts), by=cast.people.officer)
    return Letter.objects.get(pk=made.pk)


def scans_of(cast: Cast, letter: Letter) -> None:
    """Both copies came back with signature and seal."""
    for number in (1, 2):
        letter.slot(number).file(b"%PDF-1.7 copy " + str((letter.pk, number)).encode(), pages=1, by=cast.people.officer)


def a_signed_letter(cast: Cast, project: Project | None = None, **facts: str) -> Letter:
    letter = a_letter(cast, project, **facts)
    scans_of(cast, letter)
    letter.sign(signed_on=clock.today(), place="签订仪式", by=cast.people.officer)
    return Letter.objects.get(pk=letter.pk)


def a_handover(cast: Cast, *projects: Project) -> Handover:
    """The branch's projects pass from its secretary to the next."""
    branch = cast.places.branch
    made = Handover.objects.create(
        branch=branch, path=branch.path, outgoing=cast.people.secretary, incoming=cast.people.clerk,
        on=clock.today(), at=clock.now(), standings={str(project.pk): project.waiting_label for project in projects},
    )  # fmt: skip
    made.projects.set(projects)
    return made


def a_batch(files: Sequence[File], by: Person, *, read: bool = True) -> ScanBatch:
    """Scans handed in through a form and, unless it is not to be, read by the worker."""
    held = []
    for file in files:
        content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
        held.append(Upload.receive(by, "scans", chunks=[content], name=file.name))
    batch = ScanBatch.hand_in(held, by=by)
    if read:
        read_waiting()
        batch.refresh_from_db()
    return batch


@remembered
def a_filing(cast: Cast, by: Person | None = None, **facts: Any) -> Filing:
    """The unit's table, handed in with one established project unless there are others."""
    held = Round.current()
    assert held is not None
    if not summary.reported(cast.places.unit, held).exists():
        an_established(cast)
    return Filing.hand_in(cast.places.unit, held, phone="0571-8888", by=by or cast.people.officer, **facts)
