"""The reading of hostile, broken and filled-in files, and the command that prints it."""

# ruff: noqa: RUF001

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dangjian import cli
from dangjian.intake import reading
from dangjian.intake.code import REJECTS
from tests.intake.sheets import HEAD, LINE, document, parsed, told, workbook

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples"


def with_part(data: bytes, name: str, text: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, text)
    return kept.getvalue()


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("序号,项目名称\n1,甲\n".encode(), "wrong_type"),
        (b"%PDF-1.7", "wrong_type"),
        (b"PK\x03\x04 and no more", "damaged"),
        (workbook([HEAD, LINE])[:-30], "damaged"),
        (workbook([[]]), "empty"),
        (document(), "empty"),
        (workbook([["党员名册"], ["姓名", "职务"], ["张三", "书记"]]), "no_table"),
        (with_part(document([HEAD]), "word/vbaProject.bin", b"x"), "macro"),
        (with_part(document([HEAD]), "word/document.xml", DOCTYPE), "dtd"),
        (with_part(workbook([HEAD]), "xl/sharedStrings.xml", DOCTYPE), "dtd"),
        (with_part(workbook([HEAD]), "xl/media/image1.png", b"\0" * 40_000_000), "bomb"),
        (with_part(document([HEAD]), "word/document.xml", b"<w:document"), "damaged"),
        (OLD + "EncryptedPackage".encode("utf-16-le") + bytes(100), "encrypted"),
        (OLD + "_VBA_PROJECT_CUR".encode("utf-16-le") + bytes(100), "macro"),
        (OLD + "WordDocument".encode("utf-16-le") + bytes(100), "wrong_type"),
        (OLD + "Workbook".encode("utf-16-le") + bytes(400), "damaged"),
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_refused_with_a_known_word(data: bytes, reason: str) -> None:
    assert told(data) == {"kind": "reject", "reason": reason}
    assert reason in REJECTS


def test_a_sheet_of_a_million_rows_harms_nobody() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(workbook([HEAD, LINE]))) as book:
        page = book.read(name)
    data = with_part(workbook([HEAD, LINE]), name, page.replace(b"</sheetData>", far))
    assert reading.read(data).told == {"kind": "reject", "reason": "too_large"}


@pytest.mark.parametrize("name", ["d01_standard.xlsx", "d06_ledger.docx", "d08_legacy.xls"])
def test_a_file_is_known_by_what_it_is_not_by_its_name(name: str, tmp_path: Path) -> None:
    disguised = tmp_path / "台账.pdf"
    disguised.write_bytes((SAMPLES / name).read_bytes())
    assert reading.read(disguised).told["kind"] == "ledger"


@pytest.mark.parametrize("name", ["d01_standard.xlsx", "d06_ledger.docx", "d08_legacy.xls"])
def test_no_broken_file_does_more_than_be_refused(name: str) -> None:
    chance, whole = random.Random(name), (SAMPLES / name).read_bytes()
    for _ in range(8):
        data = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 12)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        answer = reading.read(bytes(data)).told
        assert answer["kind"] in ("ledger", "application") or answer["reason"] in REJECTS


# The form


def test_a_form_keeps_what_it_says_beyond_the_three_parts() -> None:
    content = "1.选题：煤耗高。\n必要性：成本大。2.内容：示范岗。3.预期目标：降耗50万元。\n阶段性目标：年底降20万元。"
    cells = [
        ["立项支部", "运行支部"], ["项目主要责任人", "张三"], ["项目名称", "节能\n降耗"], ["项目起止日期", "2022.8~2022.12"],
        ["项目具体工作内容", content], ["支部委员会意见", "同意申报。\n（签名、盖章）\n年  月  日"],
        ["党工委会意见", "同意立项。\n书记（签字）：李四\n二〇二二年八月二十八日"],
    ]  # fmt: skip
    found = told(document(cells, lines=["填表时间：2022年8月20日"]))
    fields = found["fields"]
    assert (fields["name"], fields["topic"], fields["measures"]) == ("节能降耗", "煤耗高。", "示范岗。")
    assert (fields["goal"], fields["stage_goal"]) == ("降耗50万元。", "年底降20万元。")
    assert (fields["branch_opinion"], fields["branch_opinion_date"]) == ("同意申报。", None)
    assert (fields["committee_opinion"], fields["committee_opinion_date"]) == ("同意立项。", "2022-08-28")
    assert found["extra"] == {"项目起止日期": "2022.8~2022.12", "必要性": "成本大。"}


def test_a_blank_form_is_not_brought_in() -> None:
    content = "1.选题：存在的问题。\n2.内容：主要采取措施。\n3.预期目标：预期达到目标。"
    cells = [
        ["立项支部", ""],
        ["项目主要责任人", ""],
        ["项目名称", ""],
        ["项目具体工作内容", content],
        ["支部委员会意见", "年 月 日"],
    ]
    found = parsed(document(cells, lines=["填表时间：  年 月 日"]))
    assert found == {"told": {"kind": "reject", "reason": "empty"}, "skipped": [("文件", "blank_form")]}


# The command


def test_the_command_needs_neither_settings_nor_database(tmp_path: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "postgresql://nowhere/none",
        "DANGJIAN_VAR": "/nowhere",
    }
    command = [
        sys.executable,
        "-m",
        "dangjian.cli",
        "import-ledger",
        SAMPLES / "d02_fullwidth_blank_notes.xlsx",
        "--dry-run",
        "--json",
    ]
    ran = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert len(json.loads(ran.stdout)["rows"]) == 3
    assert ran.stderr.splitlines() == ["汇总表 第13行：合计行，没有读入", "汇总表 第15行：说明或备注行，没有读入"]


def test_the_command_refuses_with_three(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import-ledger", str(SAMPLES / "d09_macro_renamed.xlsx"), "--dry-run", "--json"]) == 3
    said = capsys.readouterr()
    assert json.loads(said.out) == {"kind": "reject", "reason": "macro"}
    assert "宏" in said.err
    assert cli.main(["import-ledger", "nowhere.xlsx", "--dry-run", "--json"]) == 2
