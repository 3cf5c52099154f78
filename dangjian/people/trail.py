"""What the audit administrator reads: the trail's rows in words, without the texts of the work."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry, AuditSeal
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import Stateful
from dangjian.people.access import Ability
from dangjian.people.person import Person

_ACTIONS = {
    "account.open": "开通账号", "account.change_password": "修改密码", "account.sign_in": "登录",
    "account.sign_out": "退出", "account.disable": "停用账号", "account.enable": "启用账号",
    "account.reset_password": "重置密码", "account.unlock": "解除锁定", "account.lock_out": "密码多次错误，锁定", "account.end_sessions": "强制退出",
    "account.end_session": "结束登录会话", "account.end_other_sessions": "退出其他设备",
    "account.second_factor_on": "启用二次验证", "account.second_factor_off": "停用二次验证",
    "account.renew_recovery_codes": "换发恢复码", "account.confirm_identity": "确认身份",
    "token.issue": "建立访问令牌", "token.revoke": "停用访问令牌",
    "person.enrol": "登记人员", "person.amend": "更正人员", "person.appoint": "登记任职", "appointment.end": "登记免职",
    "delegation.give": "委托代办", "delegation.end": "收回委托",
    "organisation.found": "设立党组织", "organisation.amend": "更正党组织", "roster.import": "导入名册", "roster.export": "导出名册",
    "organisation.rename": "党组织更名", "organisation.dissolve": "撤销党组织", "organisation.move": "划转党组织",
    "restructuring.rename": "登记更名", "restructuring.merge": "登记合并", "restructuring.dissolve": "登记撤销",
    "restructuring.move": "登记划转",
    "audit.verify": "校验审计记录", "project.draft": "起草", "application.fill": "填写、暂存",
    "meeting.record": "登记会议", "meeting.renew_minutes": "会议补记决定，纪要更新", "meetingrecord.hand_in": "登记会议，待书记确认", "resolution.receive": "签收", "resolution.urge": "催办签收立项通知", "round.open": "开启批次",
    "round.reopen": "延长时限", "round.take_up": "启用新版方案", "round.of_past": "补录往年年度", "round.set_internal_date": "规定内部截止日期",
    "scheme_notice.forward": "转发方案通知", "scheme_notice.urge": "催办签收", "notice_receipt.sign": "签收方案通知",
    "scheme.issue": "发布方案", "scheme_notice.issue": "印发方案通知", "account.choose_face": "选择填写方式",
    "application.ask": "请书记确认代填", "application.confirm": "确认代填", "application.send_back": "退回代填",
    "evidence.keep": "保存文件", "evidence.attach": "上传附件", "upload.begin": "开始上传附件",
    "project.start": "启动", "project.urge": "催办", "project.ask_to_act": "提请办理", "project.hand_over": "转办", "project.pass_on": "转交新任书记",
    "project.export": "导出项目", "application.begin_like": "以往年项目为底稿", "project.correct_past": "更正补录", "project.withdraw_past": "撤回补录", "application.detach": "撤下附件",
    "project.keep_offline": "转为线下管理", "project.bring_online": "转为线上管理",
    "briefing.present": "呈送呈阅件", "instruction.give": "登记批示",
    "topic.propose": "登记选题", "topic.amend": "修改选题",
    "brand.register": "登记特色品牌", "brand.amend": "修改特色品牌", "brand.export": "导出特色品牌",
    "binder.make": "文书成册", "filing.hand_in": "报送备案", "filing.urge": "催办报送备案",
    "filing.export": "导出全公司汇总表",
    "highlight.mark": "标为亮点", "highlight.take_back": "取消亮点",
    "plan.begin": "起草实施计划书", "plan.fill": "填写、暂存计划书",
    "plan.ask": "请书记确认代填的计划书", "plan.confirm": "确认代填的计划书", "plan.send_back": "退回代填的计划书",
    "plan.ask_to_act": "提请办理计划书", "plan.urge": "催办计划书",
    "planchange.begin": "起草计划变更", "planchange.fill": "填写、暂存计划变更",
    "letter.make": "制作责任书", "letter.hand_over": "登记责任书交付", "issuer.renew": "更换签发机构",
    "scan.file": "归档扫描件", "scan_batch.hand_in": "上传扫描批次", "scan_batch.read": "识别扫描批次", "scan_batch.fail": "扫描批次没有识别成", "scan_batch.settle": "办理待认领页",
    "download.ask": "申请后台导出", "download.make": "生成导出文件", "download.fail": "导出没有做成", "download.expire": "删除到期的导出文件",
    "requested_table.take": "上传上级临时要表", "requested_table.match": "对照表头", "requested_table.fill": "填写上级临时要表",
    "requested_table.drop": "删除上级临时要表",
    "paper_template.take": "上传文书模板", "paper_template.adopt": "启用文书模板", "template_use.restore": "恢复系统自带样式",
    "saved_view.keep": "保存视图", "saved_view.drop": "删除视图", "demo.make": "建立演示数据",
}  # fmt: skip


def entries_for(person: Person) -> QuerySet[AuditEntry]:
    """Every row for whoever may view the trail; nothing for anybody else."""
    return AuditEntry.objects.all() if person.scopes(Ability.VIEW_AUDIT) else AuditEntry.objects.none()


def narrowed(rows: QuerySet[AuditEntry], asked: dict[str, Any]) -> QuerySet[AuditEntry]:
    """By days in Beijing (both inclusive), action, kind of object and a part of the name of who acted or was acted for."""
    rows = rows.filter(**clock.days("at", asked.get("since"), asked.get("until")))
    for field in ("action", "noun"):
        if asked.get(field):
            rows = rows.filter(**{field: asked[field]})
    if asked.get("who"):
        people = list(Person.objects.filter(name__contains=asked["who"]).values_list("pk", flat=True)[:200])
        rows = rows.filter(Q(actor_id__in=people) | Q(details__on_behalf_of__in=people))
    return rows


def action_label(action: str) -> str:
    """The action in words; an action that has none yet keeps its own name."""
    if action in _ACTIONS:
        return _ACTIONS[action]
    noun, _, name = action.partition(".")
    found = next((m for m in _stateful() if m._meta.model_name == noun), None)
    return next((move.label for move in found.moves if move.name == name), action) if found else action


def noun_label(noun: str) -> str:
    """The kind of object in words."""
    try:
        return str(apps.get_model("dangjian", noun)._meta.verbose_name)
    except (LookupError, ValueError):
        return noun


def actions_seen(rows: QuerySet[AuditEntry]) -> list[tuple[str, str]]:
    """Each action that the trail holds, with its words, by the words."""
    seen = rows.order_by().values_list("action", flat=True).distinct()
    return sorted(((action, action_label(action)) for action in seen), key=lambda pair: pair[1])


def nouns_seen(rows: QuerySet[AuditEntry]) -> list[tuple[str, str]]:
    """Each kind of object that the trail holds, with its word."""
    seen = rows.order_by().values_list("noun", flat=True).distinct()
    return sorted(((noun, noun_label(noun)) for noun in seen if noun), key=lambda pair: pair[1])


def actors(rows: list[AuditEntry]) -> dict[int, str]:
    """Who did each of the rows, by its number; 「何平 代 陈静」 where it was by a delegated right."""
    named = {row.actor_id for row in rows} | {row.details.get("on_behalf_of") for row in rows}
    people = Person.objects.only("name").in_bulk(list(named - {None}))
    return {
        row.pk: signed(actor, people.get(row.details.get("on_behalf_of")))
        if (actor := people.get(row.actor_id or 0))
        else "系统"
        for row in rows
    }


def sealed_among(rows: list[AuditEntry]) -> set[int]:
    """Which of the rows the chain holds already."""
    return set(AuditSeal.objects.filter(entry_id__in=[row.pk for row in rows]).values_list("entry_id", flat=True))


def head() -> AuditSeal | None:
    """The newest link of the chain."""
    return AuditSeal.objects.order_by("-sequence").first()


def _stateful() -> list[type[Stateful]]:
    return [model for model in apps.get_app_config("dangjian").get_models() if issubclass(model, Stateful)]
