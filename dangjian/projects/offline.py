"""The offline project (线下管理): what is classified stays out of the system, which keeps the fact of the project alone.

Number, neutral name, months, categories, state and result stand here; texts, opinions and files are kept on paper
elsewhere, under the rules of secrecy. The project counts like any other (design §4).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import LONGEST_OPINION, Reason, Refused
from dangjian.foundation.refusal import MOST_REASON, bounded
from dangjian.foundation.upload import Upload
from dangjian.people.access import Ability

if TYPE_CHECKING:
    from dangjian.projects.project import Project

ELSEWHERE = "线下管理，申请表另行保管。"
"""What stands in the place of the contents, on screen and on paper."""
EXPLAINED = (
    "涉密内容不得录入本系统。线下管理的项目，系统内只登记名称、起止年月、分类、状态和结果，照常计数；"
    "申请表内容、意见和附件按保密规定在线下保管。名称不得反映涉密内容；提交申报后不能再改变管理方式。"
)
NOT_HERE = "线下管理的项目不在系统内填写具体内容、上传文件，请写在线下保管的申请表里"
ONLY_PRINTED = "会议研究了线下管理的项目，只收系统打印、每页有编码的纪要；自行排版的纪要请按保密规定在线下保管"
NEUTRAL = "线下管理的项目，名称不得反映涉密内容，可用代号，如“专项任务一”"
BLANK = "线下管理的项目只登记结论，意见请留空"
CONCLUSIONS = {
    "agree": "同意申报。",
    "pass": "通过筛选。",
    "establish": "同意立项。",
    "return": "退回修改，理由另行告知。",
    "reject": "不予立项，理由另行告知。",
}
"""The whole of an opinion on an offline project, by the decision."""
REASONS = {
    "withdraw": ("不再申报", "另行申报"),
    "hand_over": ("工作分工调整", "经办人不在岗"),
    "recuse": ("与项目或责任人有利害关系", "其他依规应当回避的情形"),
    "send_back": ("有误，当面说明", "由本人填写"),
}
"""Why something is done with an offline project: one of these, or nothing where nothing is asked for."""


class Offline(models.Model):
    """The part of a project that is about where its contents are kept."""

    is_offline = models.BooleanField("线下管理", default=False)

    class Meta:
        abstract = True

    @property
    def may_change_management(self: Project) -> bool:  # type: ignore[misc]
        """Only a draft that was never handed in: nobody has seen it the one way or the other."""
        return self.state == "draft" and not self.revisions.exists()

    def offline_refusals(self: Project, *, by: Any) -> list[Reason]:  # type: ignore[misc]
        """Why the draft cannot change to the other way of management; empty where it can."""
        if not by.can(Ability.DRAFT, self):
            return [Reason("您没有填写这份申请表的权限")]
        if not self.may_change_management:
            return [Reason("提交过的项目不能改变管理方式")]
        return [] if self.is_offline else list(self._held_here())

    @transaction.atomic
    def keep_offline(self: Project, *, by: Any) -> None:  # type: ignore[misc]
        """转为线下管理: only what holds no contents yet may go, so that nothing classified is thought to be gone."""
        self._manage(True, by)

    @transaction.atomic
    def bring_online(self: Project, *, by: Any) -> None:  # type: ignore[misc]
        """转为线上管理: the contents may be written here from now on."""
        self._manage(False, by)

    def opinion_on(self: Project, decision: str, opinion: str) -> str:  # type: ignore[misc]
        """The opinion as it is kept: of an offline project the conclusion alone. Raises Refused where more was written."""
        opinion = bounded(opinion, LONGEST_OPINION, "opinion")
        if not self.is_offline or decision not in CONCLUSIONS:
            return opinion
        if opinion not in ("", CONCLUSIONS[decision]):
            raise Refused(Reason(f"{BLANK}，或写“{CONCLUSIONS[decision]}”", "opinion"))
        return CONCLUSIONS[decision]

    def reason_for(self: Project, move: str, reason: str, field: str = "reason") -> str:  # type: ignore[misc]
        """The reason as it is kept: of an offline project one of those listed. Raises Refused for any other, or too long."""
        reason = bounded(reason, MOST_REASON, field)
        if self.is_offline and reason and reason not in REASONS[move]:
            told = f"线下管理的项目请从所列理由中选：{'、'.join(REASONS[move])}"
            raise Refused(Reason(told, field))
        return reason

    def _manage(self: Project, offline: bool, by: Any) -> None:  # type: ignore[misc]
        if self.is_offline == offline:
            raise Refused("这个项目已经是" + ("线下管理" if offline else "线上管理"))
        if reasons := self.offline_refusals(by=by):
            raise Refused(*reasons)
        # Whoever saves or uploads at this moment waits for the claimed row; what came just before is seen now.
        self.application.outdate(by=by)
        if reasons := self.offline_refusals(by=by):
            raise Refused(*reasons)
        self.is_offline, self.changed_at = offline, clock.now()
        self.save(update_fields=["is_offline", "changed_at"])
        audit.record(
            "project.keep_offline" if offline else "project.bring_online",
            self,
            by=by,
            on_behalf_of=by.acting_for(Ability.DRAFT, self),
        )

    def _held_here(self: Project) -> Iterator[Reason]:  # type: ignore[misc]
        """What must be taken away first, by the field that holds it."""
        for name, label in self.application.written():
            yield Reason(f"请先删去“{label}”", name)
        if Upload.objects.of(self).exists():
            yield Reason("有文件没有传完，请先取消上传", "consultation_files")
        if self.bank_topic_id is not None:
            yield Reason("请先取消选题库的选题", "bank_topic")
        if self.scans.exists():
            yield Reason("盖章扫描件已经归档，请放弃本申请，另按线下管理申报")
        if self.resolutions.exists():
            yield Reason("支部意见已经登记，请放弃本申请，另按线下管理申报", "branch_opinion")
