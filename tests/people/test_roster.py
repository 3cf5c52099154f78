"""The roster: what is read from a workbook, what the rehearsal tells, and that the import does just that."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people import roster_file, standing_roster
from dangjian.people.access import Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person
from dangjian.people.roster import Outcome, Roster
from dangjian.people.roster_file import SHEETS, day_text, mended, packed, read, tidied, unpacked
from tests.cast import Cast

ORGANISATIONS, PEOPLE, OFFICES = "党组织", "人员", "任职"


def a_file(**sheets: list[list[Any]]) -> bytes:
    """A workbook with the given lines under the template's heads; a date is written as Excel's own."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy/m/d"})
    for name, lines in sheets.items():
        page = book.add_worksheet(name)
        heads = [c.label + ("*" if c.required else "") for c in SHEETS[name].columns]
        for number, line in enumerate([heads, *lines]):
            for place, value in enumerate(line):
                if isinstance(value, date):
                    page.write_datetime(number, place, datetime(value.year, value.month, value.day), day)
                elif value is not None:
                    page.write(number, place, value)
    book.close()
    return kept.getvalue()


def rehearsed(data: bytes, by: Person) -> Outcome:
    return Roster(read(data), by=by).rehearse()


def effects(outcome: Outcome) -> list[str]:
    return [line.effect for line in outcome.lines]


def faults(outcome: Outcome) -> list[tuple[str, int, str, str]]:
    return [(f.sheet, f.number, f.column.label, f.text) for f in outcome.faults]


BRIDGE = [
    "第一工程公司大桥项目部党支部",
    "大桥项目部党支部",
    "党支部",
    "三公司党委",
    "大桥项目部",
    "",
    "否",
    "是",
    "",
    2,
]
THIRD = ["中共华川建设集团第三工程有限公司委员会", "三公司党委", "党委", "华川建设集团党委", "", "", "是", "", "", 3]
PERSON = ["龚䶮", "大桥项目部党支部", "中共预备党员", "党建干事", 1]


# The template


def test_the_template_can_be_filled_in_and_its_samples_are_skipped() -> None:
    data = roster_file.template()
    assert read(data) == []
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == [ORGANISATIONS, PEOPLE, OFFICES, "说明"]
    for name, sheet in SHEETS.items():
        lines = book.get_sheet_by_name(name).to_python()
        assert [head.rstrip("*") for head in lines[0]] == [column.label for column in sheet.columns]
        assert len(lines) == 3
        assert all(str(line[0]).startswith("示例：") for line in lines[1:])


def test_the_template_s_own_samples_are_right_once_the_mark_is_gone(cast: Cast) -> None:
    samples = {
        n: [[v.removeprefix("示例：").replace("集团党委", "华川建设集团党委") for v in s] for s in sheet.samples]
        for n, sheet in SHEETS.items()
        if n != OFFICES
    }
    samples[ORGANISATIONS][0][1] = samples[ORGANISATIONS][1][3] = "新公司党委"
    samples[ORGANISATIONS][1][1] = "新项目部党支部"
    for line in samples[PEOPLE]:
        line[1] = "新项目部党支部"
    assert faults(rehearsed(a_file(**samples), cast.people.system_admin)) == []


# Rehearsal and import


def test_a_rehearsal_tells_all_and_saves_nothing(cast: Cast) -> None:
    before = (Organisation.objects.count(), Person.objects.count(), AuditEntry.objects.count())
    outcome = rehearsed(a_file(党组织=[BRIDGE, THIRD], 人员=[PERSON]), cast.people.system_admin)
    assert faults(outcome) == []
    assert effects(outcome) == ["new", "new", "new"]
    assert (Organisation.objects.count(), Person.objects.count(), AuditEntry.objects.count()) == before


def test_an_import_does_what_the_rehearsal_told_with_a_child_before_its_superior(cast: Cast) -> None:
    before = AuditEntry.objects.latest("pk").pk
    done = Roster(read(a_file(党组织=[BRIDGE, THIRD], 人员=[PERSON])), by=cast.people.system_admin).take()
    assert done.count("new") == 3
    bridge = Organisation.objects.get(short_name="大桥项目部党支部")
    assert bridge.parent == Organisation.objects.get(short_name="三公司党委")
    assert (bridge.under_seven, bridge.may_establish, bridge.parent.may_establish) == (True, False, True)
    person = Person.objects.get(name="龚䶮")
    assert (person.organisation, person.post, person.political_status) == (bridge, "党建干事", "probationary")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details) == ("roster.import", {"new": 3, "changed": 0, "same": 0})
    assert AuditEntry.objects.filter(action="organisation.found", pk__gt=before).count() == 2


def test_importing_the_same_file_again_changes_nothing(cast: Cast) -> None:
    twins = [["王伟", "大桥项目部党支部", "", "测量员", ""], ["王伟", "大桥项目部党支部", "", "试验员", ""]]
    data = a_file(党组织=[BRIDGE, THIRD], 人员=[PERSON, *twins])
    Roster(read(data), by=cast.people.system_admin).take()
    before = list(Organisation.objects.values()), list(Person.objects.values())
    again = Roster(read(data), by=cast.people.system_admin).take()
    assert effects(again) == ["same"] * 5
    assert (list(Organisation.objects.values()), list(Person.objects.values())) == before
    assert Person.objects.filter(name="王伟").count() == 2


def test_what_differs_is_updated_and_empty_cells_leave_things_alone(cast: Cast) -> None:
    line = ["李敏", "第一项目部党支部", "", "组织员", ""]
    unit = ["第一工程公司第一项目部党支部", "一项目部党支部", "党支部", "", "", "", "", "", "", ""]
    done = Roster(
        read(a_file(党组织=[unit], 人员=[["李敏", "一项目部党支部", *line[2:]]])), by=cast.people.system_admin
    ).take()
    assert effects(done) == ["changed", "changed"]
    clerk = Person.objects.get(pk=cast.people.clerk.pk)
    assert (clerk.post, clerk.political_status, clerk.organisation.short_name) == ("组织员", "member", "一项目部党支部")
    assert clerk.organisation.parent == cast.places.unit


def test_one_fault_keeps_everything_out(cast: Cast) -> None:
    rows = read(a_file(党组织=[THIRD], 人员=[["新人甲", "没有的党支部", "", "", ""]]))
    with pytest.raises(Refused, match="还有 1 处"):
        Roster(rows, by=cast.people.system_admin).take()
    assert not Organisation.objects.filter(short_name="三公司党委").exists()


@pytest.mark.parametrize(
    ("sheet", "line", "column", "told"),
    [
        (PEOPLE, ["", "第一项目部党支部", "", "某职", ""], "姓名", "必须填写"),
        (PEOPLE, ["新人", "没有的党支部", "", "", ""], "所在党组织", "没有“没有的党支部”"),
        (PEOPLE, ["新人", "第一项目部党支部", "党员", "", ""], "政治面貌", "只能填：中共党员、中共预备党员、"),
        (PEOPLE, ["新人", "第一项目部党支部", "", "", "第一"], "序号", "1 至 9999"),
        (PEOPLE, ["新" * 41, "第一项目部党支部", "", "", ""], "姓名", "40"),
        (ORGANISATIONS, ["甲支部委员会", "甲支部", "支部", "一公司党委"], "类别", "只能填：党委、党工委、"),
        (ORGANISATIONS, ["甲支部委员会", "甲支部", "党支部", ""], "上级党组织", "要写上级党组织"),
        (ORGANISATIONS, ["甲支部委员会", "甲支部", "党支部", "甲支部"], "上级党组织", "没有“甲支部”"),
        (ORGANISATIONS, ["第一工程公司第一项目部党支部", "第一项目部党支部", "党支部", "二公司党委"], "上级党组织", "不改变隶属关系"),
        (ORGANISATIONS, ["甲支部委员会", "甲支部", "党支部", "一公司党委", "", "", "对"], "有立项权", "只能填：是、否"),
    ],
)  # fmt: skip
def test_each_fault_names_its_cell_and_what_is_allowed(
    cast: Cast, sheet: str, line: list[Any], column: str, told: str
) -> None:
    found = faults(rehearsed(a_file(**{sheet: [[], line]}), cast.people.system_admin))
    assert [(f[0], f[1], f[2]) for f in found] == [(sheet, 3, column)]
    assert told in found[0][3]


def test_the_same_name_twice_in_one_organisation_asks_for_the_post(cast: Cast) -> None:
    lines = [
        ["王伟", "第一项目部党支部", "", "", ""],
        ["王伟", "第一项目部党支部", "", "试验员", ""],
        ["王伟", "第一项目部党支部", "", "试验员", ""],
    ]
    found = faults(rehearsed(a_file(人员=lines), cast.people.system_admin))
    assert [(f[1], f[2]) for f in found] == [(2, "职务"), (4, "姓名")]
    assert "请写明职务" in found[0][3]
    assert found[1][3] == "与第 3 行重复"


def test_a_circle_of_superiors_ends_in_words(cast: Cast) -> None:
    circle = [["甲委员会", "甲", "党委", "乙"], ["乙委员会", "乙", "党委", "甲"]]
    assert all("没有“" in f[3] for f in faults(rehearsed(a_file(党组织=circle), cast.people.system_admin)))


# Offices


def test_offices_are_for_the_security_administrator_alone(cast: Cast) -> None:
    line = ["李敏", "第一项目部党支部", "", "支部委员", "", "", date(2022, 8, 1), ""]
    data = a_file(人员=[["新人", "第一项目部党支部"]], 任职=[line])
    system, security = cast.people.system_admin, cast.people.security_admin
    assert [line.row.sheet for line in rehearsed(data, system).lines] == [PEOPLE]
    outcome = Roster(read(data), by=security).take()
    assert [line.row.sheet for line in outcome.lines] == [OFFICES]
    made = Appointment.objects.latest("pk")
    assert (made.person, made.role, made.with_subtree) == (cast.people.clerk, Role.BRANCH_COMMITTEE_MEMBER, False)
    assert made.starts_on == date(2022, 8, 1)
    assert effects(rehearsed(data, security)) == ["same"]
    assert Roster(read(data), by=cast.people.company_officer).mine == []


def test_an_end_in_the_file_ends_the_office(cast: Cast) -> None:
    line = ["李敏", "第一项目部党支部", "", "支部经办人", "", "", date(2022, 8, 1), "2022年9月30日"]
    cast.people.clerk.appointments.update(starts_on=date(2022, 8, 1))
    outcome = Roster(read(a_file(任职=[line])), by=cast.people.security_admin).take()
    assert effects(outcome) == ["changed"]
    assert cast.people.clerk.appointments.get().ends_on == date(2022, 9, 30)


def test_administrators_stay_apart_in_a_file_too(cast: Cast) -> None:
    lines = [
        ["李敏", "第一项目部党支部", "", "系统管理员", "华川建设集团党委", "", "2022-08-01", ""],
        ["王强", "第一项目部党支部", "", "审计管理员", "华川建设集团党委", "", "2021.1.1", "2021-12-31"],
        ["不在册", "第一项目部党支部", "", "支部委员", "", "", "8月1日", ""],
    ]
    found = faults(rehearsed(a_file(任职=lines), cast.people.security_admin))
    assert [(f[1], f[2]) for f in found] == [(2, "任职"), (4, "任职日期")]
    assert "由不同的人担任" in found[0][3]


# Mending in place


def test_a_fault_is_mended_in_the_page_and_checked_again(cast: Cast) -> None:
    rows = read(a_file(人员=[["新人", "没有的党支部"], ["新人乙", "第一项目部党支部", "党员"]]))
    kept = unpacked(packed(rows))
    assert kept == rows
    typed = {
        "0-organisation": "第一项目部 党支部\u200b".replace(" ", ""),
        "1-political_status": "群众",
        "9-name": "谁",
        "x-name": "谁",
    }
    outcome = Roster(mended(kept, typed), by=cast.people.system_admin).rehearse()
    assert effects(outcome) == ["new", "new"]


@pytest.mark.parametrize(
    "text", ["", "[]x", "7", '[["人员", 2]]', '[["别的", 2, {}]]', '[["人员", "x", {}]]', '[["人员", 2, []]]']
)
def test_what_the_page_never_carried_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="重新上传"):
        unpacked(text)


# Cells


def test_spaces_widths_and_invisible_characters_do_not_count(cast: Cast) -> None:
    place = "\ufeff第一项目部党支部\u3000"
    lines = [["李\u3000敏", place], [None], ["\u00a0", "\u3000"], ["王\u200b强\u00a0", place, "", "", "\uff11\uff12"]]
    rows = read(a_file(人员=lines))
    assert [(row.number, row.cells["name"], row.cells["organisation"]) for row in rows] == [
        (2, "李敏", "第一项目部党支部"), (5, "王强", "第一项目部党支部"),
    ]  # fmt: skip
    assert rows[1].cells["ordinal"] == "12"


@pytest.mark.parametrize(
    "text",
    [
        "2022-08-01",
        "2022.8.1",
        "2022/8/1",
        "2022年8月1日",
        "20220801",
        "44774",
        "2022-08-01 00:00:00",
        "2022 年 8 月 1 日",
    ],
)
def test_a_day_is_read_in_every_usual_spelling(text: str) -> None:
    assert day_text(text) == "2022-08-01"


@pytest.mark.parametrize("text", ["2022-02-30", "8月1日", "2022-8", "去年", "1999", ""])
def test_what_is_no_day_stays_as_it_was_typed(text: str) -> None:
    assert day_text(text) == text


def test_rare_characters_and_punctuation_stay() -> None:
    assert tidied("䶮\U00020000（一）\uff21\uff11") == "䶮\U00020000（一）A1"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda: a_file(), "没有“党组织”"),
        (lambda: a_file(人员=[["人", "地"]] * 2_001), "一次最多 2000 行"),
        (lambda: b"PK", "不是 Excel 文件"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_roster_is_refused(data: Any, told: str) -> None:
    with pytest.raises(Refused, match=told):
        read(data())


def test_a_head_that_was_changed_is_named() -> None:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    book.add_worksheet(PEOPLE).write_row(0, 0, ["名字", "政治面貌"])
    book.close()
    with pytest.raises(Refused, match="缺少“姓名”“所在党组织”"):
        read(kept.getvalue())


def test_the_web_process_never_parses_the_workbook() -> None:
    """The roster's reader must not hand bytes to a parser of its own: a file that swells would take the server down."""
    told = "import sys; from dangjian.people import worksheet as w; from dangjian.foundation import sandbox as s;"
    script = told + (
        "w.CalamineWorkbook.from_filelike = staticmethod(lambda _: sys.exit('parsed here'));"
        "print(sorted(w.read(sys.stdin.buffer.read())))"
    )
    ran = subprocess.run([sys.executable, "-c", script], input=roster_file.template(), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    assert "任职" in ran.stdout.decode()


# The standing roster


def test_the_standing_roster_comes_back_in_to_the_same_facts(cast: Cast) -> None:
    """Both administrators' sheets, with rare characters, marks, two of one name, and text that looks like a formula."""
    by, guard = cast.people.system_admin, cast.people.security_admin
    odd = Organisation.found(
        parent=cast.places.unit, kind="branch", full_name="A&B <党> 䶮𠮷党支部", short_name="A&B <党>", ordinal=7,
        under_seven=True, is_overseas=True, by=by,
    )  # fmt: skip
    twins = [Person.enrol(name="龚䶮𠮷", organisation=odd, post=post, by=by) for post in ("=1+1", '书记，兼"干事"')]
    twins[1].appoint(Role.BRANCH_SECRETARY, organisation=odd, by=guard, starts_on=date(2022, 8, 1), ends_on=date(2030, 1, 1))  # fmt: skip
    (held,), (offices,) = standing_roster.take_out(by=by), standing_roster.take_out(by=guard)
    for data, who in ((held, by), (offices, guard)):
        outcome = rehearsed(data, who)
        assert (outcome.faults, set(effects(outcome)), outcome.lines != []) == ([], {"same"}, True)
    assert {row.sheet for row in read(held)} == {ORGANISATIONS, PEOPLE}
    assert {row.sheet for row in read(offices)} == {OFFICES}
    twins[0].amend(post="=1+1", political_status="masses", ordinal=9, by=by)
    odd.amend(short_name="改过的简称", administrative_name="改过", by=by)
    assert rehearsed(held, by).count("changed") == 2
    Roster(read(held), by=by).take()
    again = Person.objects.get(pk=twins[0].pk)
    assert (again.political_status, again.ordinal) == ("member", twins[1].ordinal)
    assert Organisation.objects.get(pk=odd.pk).short_name == "A&B <党>"
    assert AuditEntry.objects.filter(action="roster.export").count() == 2
    with pytest.raises(Refused, match="没有可以导出的名册"):
        standing_roster.take_out(by=cast.people.officer)


def test_many_are_split_into_files_that_the_import_takes() -> None:
    """No more lines than one import takes, none lost, in order, and the people of one organisation in one file."""
    rows = [roster_file.Row(ORGANISATIONS, 0, {"full_name": f"第{n}党支部", "short_name": f"{n}"}) for n in range(700)]
    rows += [
        roster_file.Row(PEOPLE, 0, {"name": "王䶮", "organisation": f"第{n}党支部", "post": f"职务{m}"})
        for n in range(700)
        for m in range(7)
    ]
    parts = roster_file.in_parts(rows)
    assert [row for part in parts for row in part] == rows
    assert len(parts) == 3
    assert all(len(part) <= roster_file.MOST_ROWS for part in parts)
    homes = [{row.cells["organisation"] for row in part if row.sheet == PEOPLE} for part in parts]
    assert not homes[0] & homes[1]
    assert not homes[1] & homes[2]
    assert len(read(roster_file.filled(parts[1]))) == len(parts[1])
    huge = [roster_file.Row(PEOPLE, 0, {"name": f"甲{n}", "organisation": "机关党支部"}) for n in range(4_100)]
    assert [len(part) for part in roster_file.in_parts(huge)] == [2_000, 2_000, 100]


def test_it_prints_one_page_wide_with_its_head_on_each_and_whole_names() -> None:
    name = "中共华川建设集团第一工程有限公司云江特大桥项目部支部委员会"
    made = zipfile.ZipFile(io.BytesIO(roster_file.filled([roster_file.Row(ORGANISATIONS, 0, {"full_name": name})])))
    page, book = (made.read(part).decode() for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"))
    assert re.search(r'<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"', page)
    assert f"{ORGANISATIONS}!$1:$1" in book
    [width] = re.findall(r'<col min="1" max="1" width="([0-9.]+)"', page)
    assert float(width) >= 2 * len(name)
