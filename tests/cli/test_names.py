"""Every operation of the interface has a command, and every option says in Chinese what it is."""

import re
import subprocess
import sys

import pytest

from dangjian.cli import main, operation
from dangjian.cli.names import ELSEWHERE, NOUNS

VERBS = [(noun, verb) for noun, about in NOUNS.items() for verb in about.verbs]
HAN = re.compile("[一-鿿]")
TAKEN = {"as", "body", "help", "json"}


def test_each_operation_has_one_name_and_each_name_an_operation() -> None:
    named = [*(operation for about in NOUNS.values() for operation in about.verbs.values()), *ELSEWHERE]
    assert sorted(named) == sorted(operation.every())


def test_each_field_is_explained_and_written_in_a_way_of_its_own() -> None:
    for noun, verb in VERBS:
        asked = operation.of(noun, verb)
        texts = [field.text for field in (*asked.numbers, *asked.fields)]
        texts += [column.text for field in asked.fields for column in field.columns]
        assert [text for text in (asked.summary, *texts) if not HAN.search(text)] == [], (noun, verb)
        options = [field.option for field in asked.fields]
        assert len(options) == len(set(options))
        assert not TAKEN & {field.dotted for field in asked.fields}
        assert [field.path for field in asked.fields if field.kind == "sent" and len(field.path) > 1] == []
        assert bool(asked.endings) == asked.path.endswith("}") * ("." in asked.path)


@pytest.mark.parametrize(("noun", "verb"), VERBS)
def test_each_command_helps(noun: str, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([noun, verb, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"用法：dangjian {noun} {verb} ")
    assert operation.of(noun, verb).summary in said


@pytest.mark.parametrize("words", [["--help"], ["letter", "verify", "--help"], ["import-ledger", "--help"]])
def test_what_needs_no_set_up_does_not_wait_for_it(words: list[str]) -> None:
    look = "import sys; from dangjian.cli import main\ntry: main(sys.argv[1:])\nexcept SystemExit: print('django' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", look, *words], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "dangjian：缺少 NOUN"),
        ("nope", "dangjian：NOUN 不能是“nope”，可以是：me、todos、"),
        ("letter verify", "dangjian letters verify：缺少 file"),
        ("letter verify a --foo", "dangjian：多出的或写错的：--foo"),
        ("import-ledger x", "dangjian import-ledger：--dry-run --as 要写其中一个"),
        ("import-ledger x --dry-run --as a", "dangjian import-ledger：--as 不能与 --dry-run 同时写"),
        ("import-ledger x --as", "dangjian import-ledger：--as 后面要写值"),
        ("import-ledger x --dry-run=3", "dangjian import-ledger：--dry-run 后面不写值，却写了 3"),
        ("import-ledger x --dry-run --state bad", "dangjian import-ledger：--state 不能是“bad”，可以是：established、"),
        ("token issue x --as a --days x", "dangjian token issue：--days 要写整数，不能是“x”"),
        ("projects show x --as a", "dangjian projects show：ID：“x”不是整数"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_in_chinese(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words.split())
    assert left.value.code == 2
    usage, *_, last = capsys.readouterr().err.splitlines()
    assert usage.startswith("用法：dangjian")
    assert last.startswith(said)
