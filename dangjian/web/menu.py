"""The menu: which pages it lists, and for whom; whoever does not find a page there does not find it by its address either."""

from collections.abc import Callable

from django.http import Http404

from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.handover import Handover
from dangjian.projects.scan_batch import FILERS

Opens = Callable[[Person], bool]
Page = tuple[Opens, str, str, str]


def whoever_may(*rights: Ability) -> Opens:
    """For who holds one of the rights anywhere; whether there is anything to see is the page's own matter."""
    return lambda person: any(map(person.scopes, rights))


def _sees_handovers(person: Person) -> bool:
    """Who has left every office still has the sheet of the own handover to sign."""
    return bool(person.scopes(Ability.VIEW_PROJECT)) or Handover.objects.visible_to(person).exists()


# 系统管理: the pages of the three administrators, each with the right that opens it.
ADMINISTRATION_PAGES = (
    (Ability.MANAGE_ACCOUNTS, "账号管理", "accounts", "user-cog"),
    (Ability.MANAGE_ACCOUNTS, "导入名册", "roster", "file-up"),
    (Ability.MANAGE_ACCOUNTS, "党组织变动", "restructurings", "network"),
    (Ability.MANAGE_OFFICES, "任职管理", "offices", "id-card"),
    (Ability.MANAGE_OFFICES, "导入任职", "roster", "file-up"),
    (Ability.MANAGE_OFFICES, "委托代办", "delegations", "user-round-cog"),
    (Ability.VIEW_AUDIT, "审计记录", "audit", "scroll-text"),
)

# The pages of the work itself in groups, each with whom it is for. 项目台账 by its address is for everybody: name, branch and
# year of what is established are open to all.
WORK_PAGES: dict[str, tuple[Page, ...]] = {
    "项目": (
        (whoever_may(Ability.VIEW_PROJECT), "项目台账", "projects", "table-2"),
        (whoever_may(Ability.DRAFT), "申报项目", "application-new", "file-plus"),
        (whoever_may(Ability.VIEW_PROJECT), "选题库", "topics", "lightbulb"),
        (whoever_may(Ability.VIEW_PROJECT), "特色品牌", "brands", "award"),
        (whoever_may(Ability.SCREEN), "筛选", "screenings", "list-checks"),
        (whoever_may(Ability.TAKE_OVER), "导入台账", "intake", "file-up"),
        (whoever_may(*FILERS), "扫描件归档", "scan-new", "scan-line"),
    ),
    "责任书、计划和备案": (
        (whoever_may(Ability.VIEW_PROJECT), "责任书", "letters", "signature"),
        (whoever_may(Ability.KEEP_LETTERS), "签订仪式", "ceremony", "printer"),
        (whoever_may(Ability.VIEW_PROJECT), "实施计划", "plans", "chart-gantt"),
        (whoever_may(Ability.FILE, Ability.RECEIVE_FILING), "汇总备案", "filings", "send"),
    ),
    "会议和批示": (
        (whoever_may(Ability.VIEW_PROJECT), "会议记录", "meetings", "users-round"),
        (whoever_may(Ability.RECORD_MEETING), "登记会议", "meeting-new", "gavel"),
        (whoever_may(Ability.PRESENT, Ability.INSTRUCT), "呈阅件", "briefings", "file-check"),
        (whoever_may(Ability.CARRY_OUT, Ability.INSTRUCT), "批示办理", "instructions", "pen-line"),
    ),
    "交接和变动": (
        (_sees_handovers, "项目交接", "handovers", "arrow-right-left"),
        (whoever_may(Ability.SETTLE_PROJECTS), "党组织变动", "restructurings", "network"),
    ),
}


def require(person: Person, name: str) -> None:
    """Answer 404 to whom the menu does not show the page of that name."""
    entries = (page for pages in WORK_PAGES.values() for page in pages)
    if not any(opens(person) for opens, _, listed, _ in entries if listed == name):
        raise Http404
