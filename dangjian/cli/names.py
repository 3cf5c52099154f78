"""What the commands are called: a noun and a verb for each operation of the interface. Names stay; addresses may move."""

from __future__ import annotations

from typing import NamedTuple


class Noun(NamedTuple):
    """What the verbs are about: ``text`` for the help, ``verbs`` with the operation behind each, other names of old."""

    text: str
    verbs: dict[str, str]
    aliases: tuple[str, ...] = ()


NOUNS: dict[str, Noun] = {
    "me": Noun("本人和任职", {"show": "GET me"}),
    "todos": Noun("待办", {"list": "GET todos"}),
    "notices": Noun("通知", {"list": "GET notices"}),
    "organisations": Noun("党组织", {"list": "GET organisations"}),
    "people": Noun("人员", {"list": "GET people"}),
    "rounds": Noun(
        "年度批次和时限",
        {
            "list": "GET rounds",
            "reopen": "POST rounds/{year}/exceptions",
            "extend": "POST rounds/{year}/extensions",
            "set-internal-date": "POST rounds/{year}/internal-dates",
        },
        ("round",),
    ),
    "scheme-notices": Noun(
        "方案通知",
        {
            "list": "GET scheme-notices",
            "show": "GET scheme-notices/{pk}",
            "sign": "POST scheme-notices/{pk}/receipt",
            "forward": "POST scheme-notices/{pk}/forward",
            "remind": "POST scheme-notices/{pk}/reminder",
            "revoke": "POST scheme-notices/{pk}/revocation",
        },
    ),
    "topics": Noun("选题库", {"list": "GET topics", "propose": "POST topics", "set-offered": "POST topics/{pk}/offer"}),
    "brands": Noun(
        "特色品牌", {"list": "GET brands", "register": "POST brands", "set-in-use": "POST brands/{pk}/standing"}
    ),
    "projects": Noun(
        "项目和申请表",
        {
            "list": "GET projects",
            "show": "GET projects/{pk}",
            "draft": "POST projects",
            "fill": "PATCH projects/{pk}/application",
            "set-offline": "POST projects/{pk}/management",
            "list-files": "GET projects/{pk}/files",
            "attach": "POST projects/{pk}/files",
            "fetch-file": "GET projects/{pk}/files/{number}",
            "detach": "DELETE projects/{pk}/files/{number}",
            "ask-for-confirmation": "POST projects/{pk}/confirmation-request",
            "confirm": "POST projects/{pk}/confirmation",
            "submit": "POST projects/{pk}/submission",
            "recall": "POST projects/{pk}/recall",
            "withdraw": "POST projects/{pk}/withdrawal",
            "withdraw-past": "POST projects/{pk}/past-withdrawal",
            "decide": "POST projects/{pk}/decision",
            "screen": "POST screenings",
            "hand-over": "POST projects/{pk}/handler",
            "recuse": "POST projects/{pk}/recusal",
            "remind": "POST projects/{pk}/reminder",
            "receive": "POST projects/{pk}/receipt",
            "highlight": "POST projects/{pk}/highlight",
            "end-highlight": "POST projects/{pk}/highlight/end",
            "paper": "GET projects/{pk}/papers/{paper}.{kind}",
        },
    ),
    "meetings": Noun(
        "会议",
        {
            "list": "GET meetings",
            "show": "GET meetings/{pk}",
            "compare": "GET comparison/table.{kind}",
            "record": "POST meetings",
            "list-records": "GET meetings/records",
            "confirm": "POST meetings/records/{pk}/confirmation",
            "return-record": "POST meetings/records/{pk}/return",
            "remind": "POST meetings/unsigned/reminder",
        },
    ),
    "handovers": Noun(
        "项目交接",
        {
            "list": "GET handovers",
            "show": "GET handovers/{pk}",
            "paper": "GET handovers/{pk}/paper.{kind}",
        },
    ),
    "briefings": Noun(
        "呈阅件",
        {
            "list": "GET briefings",
            "show": "GET briefings/{pk}",
            "present": "POST briefings",
            "paper": "GET briefings/{pk}/paper.{kind}",
            "read": "POST briefings/{pk}/reading",
            "instruct": "POST briefings/{pk}/instructions",
            "recall": "POST briefings/{pk}/recall",
        },
    ),
    "instructions": Noun(
        "批示办理",
        {
            "list": "GET instructions",
            "show": "GET instructions/{pk}",
            "fetch-file": "GET instructions/{pk}/files/{number}",
            "finish": "POST instructions/{pk}/result",
            "hand-over": "POST instructions/{pk}/handler",
            "correct": "POST instructions/{pk}/correction",
        },
    ),
    "letters": Noun(
        "责任书",
        {
            "list": "GET letters",
            "show": "GET letters/{pk}",
            "make": "POST letters",
            "sign": "POST letters/{pk}/signing",
            "defer": "POST letters/{pk}/deferral",
            "propose-void": "POST letters/{pk}/voiding",
            "answer-void": "POST letters/{pk}/voiding/answer",
            "carry-on": "POST letters/{pk}/takeover",
        },
        ("letter",),
    ),
    "plans": Noun(
        "实施计划",
        {
            "list": "GET plans",
            "show": "GET plans/{project}",
            "begin": "POST plans/{project}",
            "fill": "PATCH plans/{project}",
            "ask-for-confirmation": "POST plans/{project}/confirmation-request",
            "confirm": "POST plans/{project}/confirmation",
            "hand-in": "POST plans/{project}/submission",
            "recall": "POST plans/{project}/recall",
            "decide": "POST plans/{project}/decision",
            "hand-over": "POST plans/{project}/handler",
            "recuse": "POST plans/{project}/recusal",
            "remind": "POST plans/{project}/reminder",
            "paper": "GET plans/{project}/paper.{kind}",
        },
    ),
    "plan-changes": Noun(
        "计划变更",
        {
            "list": "GET plan-changes",
            "show": "GET plan-changes/{pk}",
            "begin": "POST plan-changes",
            "fill": "PATCH plan-changes/{pk}",
            "apply": "POST plan-changes/{pk}/submission",
            "decide": "POST plan-changes/{pk}/decision",
            "hand-over": "POST plan-changes/{pk}/handler",
            "recuse": "POST plan-changes/{pk}/recusal",
        },
    ),
    "filings": Noun(
        "项目汇总表备案",
        {
            "list": "GET filings",
            "show": "GET filings/{pk}",
            "table": "GET filings/units/{unit}",
            "hand-in": "POST filings/units/{unit}",
            "answer": "POST filings/{pk}/answers",
            "recall": "POST filings/{pk}/recall",
            "correct-phone": "POST filings/{pk}/phone",
        },
    ),
    "scans": Noun(
        "盖章扫描件",
        {"list": "GET scans", "fetch": "GET scans/{pk}/file", "file": "POST scans/papers/{code}"},
    ),
    "piles": Noun(
        "整批扫描",
        {
            "hand-in": "POST scans/piles",
            "show": "GET scans/piles/{pk}",
            "fetch-page": "GET scans/piles/{pk}/pages/{page}",
            "settle": "POST scans/piles/{pk}/settlement",
        },
    ),
    "files": Noun("已上传的文件", {"list": "GET files", "send": "POST files", "drop": "DELETE files/{pk}"}),
}

ELSEWHERE = {"POST intake/reading": "import-ledger --dry-run", "POST intake": "import-ledger --as"}
"""Operations with a command of their own, which reads a file without set-up and database."""
