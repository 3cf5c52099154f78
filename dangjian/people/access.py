"""Access (权限): which role may do what. The one table :data:`GRANTS` answers for pages, API and auditors alike."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

from dangjian.foundation.refusal import Refused


class Ability(models.TextChoices):
    """Something a person may do at an organisation. The label completes 「可以……」."""

    VIEW_PROJECT = "view_project", "查看项目"
    DRAFT = "draft", "填写申请表"
    RECORD_BRANCH_OPINION = "record_branch_opinion", "登记支部委员会（支部党员大会）意见"
    SUBMIT = "submit", "提交、撤回申报"
    SCREEN = "screen", "筛选申报项目"
    RECORD_MEETING = "record_meeting", "按会议记录登记党委会决定"
    CHECK_PLAN = "check_plan", "审核实施计划，登记分管领导签批和计划变更"
    KEEP_LETTERS = "keep_letters", "制作责任书，登记签订、交付，提请作废"
    SIGN_LETTER = "sign_letter", "签订责任书，接任后接续确认"
    VOID_LETTER = "void_letter", "确认他人提请的责任书作废"
    CONFIRM_MEETING = "confirm_meeting", "确认本级会议记录"
    KEEP_TOPICS = "keep_topics", "维护选题库"
    TAKE_OVER = "take_over", "补录线下已办的项目，导入台账"
    SETTLE_PROJECTS = "settle_projects", "移交、终结撤销合并支部的项目"
    MARK_HIGHLIGHT = "mark_highlight", "标记、取消亮点项目"
    KEEP_BRANDS = "keep_brands", "登记、维护特色品牌"
    PRESENT = "present", "制作呈阅件，登记领导批示"
    INSTRUCT = "instruct", "阅批呈阅件"
    CARRY_OUT = "carry_out", "办理批示，填写办理结果"
    FILE = "file", "报送本单位项目汇总表备案"
    RECEIVE_FILING = "receive_filing", "办理各单位报送的备案"
    REOPEN_WINDOW = "reopen_window", "规定本单位内部截止日期，为个别支部延长申报期限，并说明理由"
    ISSUE_SCHEME = "issue_scheme", "发布方案、印发通知、开启年度批次、延长时限"
    KEEP_TEMPLATES = "keep_templates", "更换文书模板"
    SIGN_NOTICE = "sign_notice", "签收方案通知"
    FORWARD_NOTICE = "forward_notice", "向本单位支部转发方案通知"
    MANAGE_ACCOUNTS = "manage_accounts", "管理账号和人员名册"
    MANAGE_OFFICES = "manage_offices", "登记任职和免职"
    VIEW_AUDIT = "view_audit", "查看、校验审计记录"


class Role(models.TextChoices):
    """An office a person holds at an organisation. Three administrators hold no business right."""

    BRANCH_CLERK = "branch_clerk", "支部经办人"
    BRANCH_SECRETARY = "branch_secretary", "党支部书记"
    BRANCH_COMMITTEE_MEMBER = "branch_committee_member", "支部委员"
    CONTACT_PERSON = "contact_person", "项目联系人"
    UNIT_ORG_OFFICER = "unit_org_officer", "单位组织部门经办人"
    UNIT_COMMITTEE_MEMBER = "unit_committee_member", "单位党委委员"
    UNIT_COMMITTEE_SECRETARY = "unit_committee_secretary", "单位党委书记"
    COMPANY_ORG_OFFICER = "company_org_officer", "公司党委组织部经办人"
    COMPANY_LEADER = "company_leader", "公司领导"
    ASSESSOR = "assessor", "考评人"
    PUBLICITY_REVIEWER = "publicity_reviewer", "宣传审核人"
    STAFF = "staff", "干部职工"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"

    @property
    def description(self) -> str:
        """What the office is there for, in one sentence."""
        return _DESCRIPTIONS[self]


_DESCRIPTIONS: dict[Role, str] = {
    Role.BRANCH_CLERK: "在支部填写、登记，提交由书记办理",
    Role.BRANCH_SECRETARY: "项目主要责任人：提交申报，对项目的完成时间和质量负责",
    Role.BRANCH_COMMITTEE_MEMBER: "参加支部委员会，查看本支部项目",
    Role.CONTACT_PERSON: "跟踪联系的项目，记录和推动解决问题",
    Role.UNIT_ORG_OFFICER: "单位党委组织部门的经办人：筛选申报，按会议记录登记党委会决定",
    Role.UNIT_COMMITTEE_MEMBER: "参加党委会，阅批呈阅件，查看本单位项目",
    Role.UNIT_COMMITTEE_SECRETARY: "主持党委会，确认会议记录，签订责任书，阅批呈阅件，查看本单位项目",
    Role.COMPANY_ORG_OFFICER: "公司党委组织部的经办人：发布方案，开启批次，查看全公司项目",
    Role.COMPANY_LEADER: "阅批呈阅件，查看全公司项目",
    Role.ASSESSOR: "年底考核打分，不考评本支部、本单位",
    Role.PUBLICITY_REVIEWER: "审核对外宣传内容",
    Role.STAFF: "回答测评，看已公开的内容",
    Role.SYSTEM_ADMIN: "管账号和运行，不能看业务内容",
    Role.SECURITY_ADMIN: "管权限和安全策略，不能看业务内容",
    Role.AUDIT_ADMIN: "看审计记录，不能看业务内容",
}

A = Ability

GRANTS: dict[Role, frozenset[Ability]] = {
    Role.BRANCH_CLERK: frozenset({A.VIEW_PROJECT, A.DRAFT, A.RECORD_BRANCH_OPINION, A.SIGN_NOTICE, A.CARRY_OUT}),
    Role.BRANCH_SECRETARY: frozenset(
        {
            A.VIEW_PROJECT,
            A.DRAFT,
            A.RECORD_BRANCH_OPINION,
            A.CONFIRM_MEETING,
            A.SUBMIT,
            A.SIGN_LETTER,
            A.SIGN_NOTICE,
            A.CARRY_OUT,
        }
    ),
    Role.BRANCH_COMMITTEE_MEMBER: frozenset({A.VIEW_PROJECT}),
    Role.CONTACT_PERSON: frozenset(),
    Role.UNIT_ORG_OFFICER: frozenset(
        {
            A.VIEW_PROJECT,
            A.SCREEN,
            A.RECORD_MEETING,
            A.CHECK_PLAN,
            A.KEEP_LETTERS,
            A.VOID_LETTER,
            A.KEEP_TOPICS,
            A.TAKE_OVER,
            A.SETTLE_PROJECTS,
            A.MARK_HIGHLIGHT,
            A.KEEP_BRANDS,
            A.PRESENT,
            A.CARRY_OUT,
            A.FILE,
            A.REOPEN_WINDOW,
            A.SIGN_NOTICE,
            A.FORWARD_NOTICE,
        }
    ),
    Role.UNIT_COMMITTEE_MEMBER: frozenset({A.VIEW_PROJECT, A.INSTRUCT}),
    Role.UNIT_COMMITTEE_SECRETARY: frozenset(
        {A.VIEW_PROJECT, A.CONFIRM_MEETING, A.INSTRUCT, A.SIGN_LETTER, A.VOID_LETTER}
    ),
    Role.COMPANY_ORG_OFFICER: frozenset(
        {
            A.VIEW_PROJECT,
            A.ISSUE_SCHEME,
            A.KEEP_TEMPLATES,
            A.KEEP_TOPICS,
            A.KEEP_BRANDS,
            A.TAKE_OVER,
            A.PRESENT,
            A.CARRY_OUT,
            A.RECEIVE_FILING,
        }
    ),
    Role.COMPANY_LEADER: frozenset({A.VIEW_PROJECT, A.INSTRUCT}),
    Role.ASSESSOR: frozenset(),
    Role.PUBLICITY_REVIEWER: frozenset(),
    Role.STAFF: frozenset(),
    Role.SYSTEM_ADMIN: frozenset({A.MANAGE_ACCOUNTS}),
    Role.SECURITY_ADMIN: frozenset({A.MANAGE_OFFICES}),
    Role.AUDIT_ADMIN: frozenset({A.VIEW_AUDIT}),
}

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# The offices that let one see or do anything of the work itself: these alone may be delegated.
OF_BUSINESS = frozenset(role for role in Role if GRANTS[role] and role not in ADMINISTRATORS)
ADMINISTRATION = frozenset({A.MANAGE_ACCOUNTS, A.MANAGE_OFFICES, A.VIEW_AUDIT})


_setting_up: ContextVar[bool] = ContextVar("setting_up", default=False)


@contextmanager
def setting_up() -> Iterator[None]:
    """Inside the block nobody (``by=None``) may do everything: the first administrators are made by no administrator."""
    token = _setting_up.set(True)
    try:
        yield
    finally:
        _setting_up.reset(token)


def demand(by: Any, ability: Ability, place: Any) -> None:
    """Refuse whoever may not use ``ability`` at the place, and nobody (None) anywhere but at set-up."""
    allowed = _setting_up.get() if by is None else by.can(ability, place)
    if not allowed:
        raise Refused(f"您没有“{ability.label}”的权限，或不在您管理的范围内")


def apart(one: str, other: str) -> bool:
    """Whether two offices must never be in one hand: an administrator's and any other."""
    return one != other and bool({one, other} & ADMINISTRATORS)


def roles_with(ability: Any) -> list[Role]:
    """Every role that holds the ability."""
    return [role for role, abilities in GRANTS.items() if ability in abilities]


def names_of(roles: Iterable[Role]) -> str:
    """The roles in words, for a sentence."""
    return "、".join(role.label for role in roles)
