"""Every table, in the order of a project's life."""

from dangjian.agreements.custody import LetterCopy
from dangjian.agreements.letter import Letter
from dangjian.agreements.signature import Signature
from dangjian.delivery.change import PlanChange
from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_row import FilingRow
from dangjian.delivery.goal import Goal
from dangjian.delivery.measure import Measure
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.delivery.milestone import Milestone
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanResolution
from dangjian.delivery.plan_revision import PlanRevision
from dangjian.delivery.task import Task
from dangjian.foundation.audit import AuditEntry, AuditSeal
from dangjian.foundation.evidence import Attachment, Evidence
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.notice import Notice
from dangjian.foundation.numbering import Counter
from dangjian.foundation.schedule import Turn
from dangjian.foundation.upload import Upload
from dangjian.overview.download import Download
from dangjian.overview.paper_template import PaperTemplate, TemplateUse
from dangjian.overview.requested_table import RequestedTable
from dangjian.overview.saved_view import SavedView
from dangjian.people.account import Account, PastPassword
from dangjian.people.delegation import Delegation
from dangjian.people.former_name import FormerName
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person
from dangjian.people.second_factor import RecoveryCode, SecondFactor
from dangjian.people.session import Session
from dangjian.people.token import Token
from dangjian.programmes.approval import Approval, Step
from dangjian.programmes.internal_date import InternalDate
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.recusal import Recusal
from dangjian.programmes.round import Round, RoundWindow, WindowException
from dangjian.programmes.scheme_notice import NoticeForward, SchemeNotice
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.programmes.topic import Topic
from dangjian.projects.application import Application
from dangjian.projects.brand import Brand
from dangjian.projects.briefing import Briefing
from dangjian.projects.carrier import Carrier
from dangjian.projects.category import Category
from dangjian.projects.consultation import Consultation
from dangjian.projects.correction import Correction
from dangjian.projects.handover import Handover
from dangjian.projects.highlight import Highlight
from dangjian.projects.instruction import Instruction
from dangjian.projects.investigation import Investigation
from dangjian.projects.meeting import Meeting
from dangjian.projects.partner import Partner
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.restructuring import Restructuring
from dangjian.projects.revision import Revision
from dangjian.projects.scan import Scan
from dangjian.projects.scan_batch import ScanBatch, StrayPage
from dangjian.projects.taking_over import TakingOver
from dangjian.projects.target import Target
from dangjian.projects.team import TeamMember

__all__ = [
    "Account",
    "Application",
    "Appointment",
    "Approval",
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "Brand",
    "Briefing",
    "Carrier",
    "Category",
    "Consultation",
    "Correction",
    "Counter",
    "Delegation",
    "Download",
    "Evidence",
    "Filing",
    "FilingRow",
    "FormerName",
    "Goal",
    "Handover",
    "Highlight",
    "Instruction",
    "InternalDate",
    "Investigation",
    "Letter",
    "LetterCopy",
    "Measure",
    "Meeting",
    "MeetingRecord",
    "Milestone",
    "MoveLog",
    "Notice",
    "NoticeForward",
    "NoticeReceipt",
    "Organisation",
    "PaperTemplate",
    "Partner",
    "PastPassword",
    "Person",
    "Plan",
    "PlanChange",
    "PlanResolution",
    "PlanRevision",
    "Project",
    "RecoveryCode",
    "Recusal",
    "RequestedTable",
    "Resolution",
    "Restructuring",
    "Revision",
    "Round",
    "RoundWindow",
    "SavedView",
    "Scan",
    "ScanBatch",
    "SchemeNotice",
    "SchemeVersion",
    "SecondFactor",
    "Session",
    "Signature",
    "Step",
    "StrayPage",
    "TakingOver",
    "Target",
    "Task",
    "TeamMember",
    "TemplateUse",
    "Token",
    "Topic",
    "Turn",
    "Upload",
    "WindowException",
]
