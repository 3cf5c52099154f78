"""The duties (工作要求): what the plan asks of a project once it is established, until it has been promoted."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from dangjian.programmes.part import Choice, Choices, Clause, Part, Problem, Text, repeats

Days = Annotated[int, Field(ge=1, le=366)]


class Reports(Part):
    """Progress is entered once; what is sent in beyond that is a switch (S-48, S-113)."""

    monthly_visit: bool = Field(description="true 党支部书记每月到现场一次，无记录时提醒（首、末两个不足整月的不计）")
    weekly: bool = Field(description="true 每周提交周报；false 周报由系统按进展记录自动生成，不用提交")
    monthly: bool = Field(description="true 每月提交月报；false 月报由系统按进展记录自动生成，不用提交")


class Contact(Part):
    """党员联系点 (S-44 … S-46)."""

    days: Days = Field(description="立项后几天内确定联系人、督导专人和帮建责任人")
    monthly_log: bool = Field(description="true 联系人每月记录一次；false 有事再记")


class Supervision(Part):
    """What every supervision sheet asks (S-78)."""

    clause: Clause = Field(description="依据的条款编号")
    questions: Choices = Field(min_length=1, description="每张督查单固定要回答的问题")


class Extension(Part):
    """延期 (S-61, S-62): no cap, the reader is warned."""

    warn_from: Annotated[int, Field(ge=1, le=10)] = Field(description="从第几次延期起提醒审批人")
    max_months: Annotated[int, Field(ge=1, le=60)] | None = Field(
        default=None, description="每次最多延几个月；不写则不限"
    )


class Completion(Part):
    """项目总结报告 (S-63)."""

    report_days: Days = Field(description="项目完成后几天内形成总结报告")
    sections: Choices = Field(min_length=1, description="总结报告的各部分")


class Promotion(Part):
    """推广应用 (S-64, S-65): its length is that of the stage after completion."""

    remind_after_days: tuple[Days, ...] = Field(min_length=1, description="项目完成后第几天提醒推广工作")
    criteria: Choices = Field(min_length=1, description="向上级推荐的条件")

    def problems(self) -> Iterator[Problem]:
        if list(self.remind_after_days) != sorted(set(self.remind_after_days)):
            yield Problem(("remind_after_days",), "提醒日应由小到大，不重复")


class Study(Part):
    """学习教材 (S-87, S-92)."""

    approved_only: bool = Field(description="true 只能选用目录内的教材，其他须先经组织部门审核列入")
    materials: Choices = Field(min_length=1, description="学习主教材")


class NegativeList(Part):
    """负面清单 (S-83): a catalogue of behaviour, not of people."""

    headings: Choices = Field(min_length=1, description="不合格表现的类别")
    personal_records: bool = Field(description="true 允许登记到个人（限定范围、本人可申辩、不排名）；一般写 false")


class SpecialCheck(Choice):
    """One of the special checks (S-84)."""

    one_line = False

    label: Text = Field(description="专项检查名称")
    numbers_only: bool = Field(description="true 只登记数量（应查、已查、发现、已处理、未处理），不登记姓名、不传附件")


class Duties(Part):
    """All of them, in the order of the calendar."""

    reports: Reports = Field(description="周报、月报和每月到现场")
    contact: Contact = Field(description="党员联系点和帮建")
    supervision: Supervision = Field(description="督促检查")
    extension: Extension = Field(description="项目延期")
    completion: Completion = Field(description="项目完成和总结")
    promotion: Promotion = Field(description="推广应用")
    study: Study = Field(description="学习")
    negative_list: NegativeList = Field(description="负面清单")
    special_checks: tuple[SpecialCheck, ...] = Field(min_length=1, description="四项重点任务专项检查")

    def problems(self) -> Iterator[Problem]:
        yield from repeats((check.code for check in self.special_checks), "code", ("special_checks",))
