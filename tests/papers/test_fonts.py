"""Where fonts come from, and the honest list of characters that none of them has."""

from dangjian.papers import fonts, official
from dangjian.papers.fonts import Library
from tests.papers.conftest import FONTS
from tests.papers.samples import RARE


def test_each_character_that_no_font_has_is_named_once_in_order(library):
    assert library.missing("吉利的𠮷字和𠮷,还有\U000f0000") == ["𠮷", "\U000f0000"]


def test_characters_of_names_that_the_free_fonts_have_are_not_named(library):
    assert library.missing(f"王{RARE} 葛\U000e0100 Ünal “—…” ①") == []


def test_what_is_never_printed_is_not_missed(library):
    assert library.missing("\x07\u200b\n　") == []


def test_every_character_of_the_common_list_can_be_printed(library):
    assert library.missing("".join(chr(code) for code in range(0x4E00, 0x9FA6))) == []


def test_a_folder_brings_what_is_missing_without_it():
    assert Library([], system=False).missing("党建a") == ["党", "建"]
    assert Library([FONTS], system=False).missing("党建a") == []


def test_a_folder_that_is_not_there_is_passed_over(tmp_path):
    assert Library([tmp_path / "none", FONTS], system=False).missing("党") == []


def test_each_face_finds_a_substitute_among_the_free_fonts(library):
    assert {face.name: library.families(face) for face in official.FACES} == {
        "方正小标宋简体": ["Noto Serif SC"],
        "仿宋_GB2312": ["Noto Serif SC"],
        "楷体_GB2312": ["Noto Serif SC"],
        "黑体": ["Noto Sans SC"],
        "宋体": ["Noto Serif SC"],
    }


def test_the_installation_prints_with_the_folders_of_its_settings():
    assert fonts.missing("党建项目化管理") == []
    assert fonts.library() is fonts.library()
