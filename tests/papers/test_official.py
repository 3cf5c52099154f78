"""The rules of punctuation, dates and line breaks on official papers."""

from datetime import date

import pytest

from dangjian.papers import official


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("填表时间:", "填表时间："),
        ("1.选题:存在的问题。", "1.选题：存在的问题。"),
        ("为规范工作,签订本责任书;一式两份(各执一份)!", "为规范工作，签订本责任书；一式两份（各执一份）！"),
        ('与"六个一"党支部、"四强"党组织结合', "与“六个一”党支部、“四强”党组织结合"),
    ],
)
def test_our_own_text_is_printed_with_full_width_punctuation(typed, printed):
    assert official.fixed(typed) == printed


def test_a_time_and_a_number_keep_their_punctuation():
    assert official.fixed("8:30起,共3,000元,比例1:3") == "8:30起，共3,000元，比例1:3"


def test_a_date_is_written_without_leading_zeros():
    assert official.dated(date(2022, 9, 3)) == "2022年9月3日"


def test_a_missing_date_leaves_room_to_write_it():
    assert official.dated(None) == "　　　　年　　月　　日"


def test_a_label_breaks_into_equal_lines():
    assert official.balanced("项目具体工作内容", 7) == ["项目具体", "工作内容"]
    assert official.balanced("项目主要责任人", 7) == ["项目主要责任人"]
    assert official.balanced("支部\n意见", 7) == ["支部", "意见"]
    assert official.balanced("", 7) == [""]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        # Letters and digits take half the room, so that ten of them and eleven 汉字 fill one line of sixteen.
        ("ABCDEFGHIJ节约能耗费用三十万元", 16, ["ABCDEFGHIJ节约能耗费用三十万元"]),
        # A name is parted where the name of an organisation ends, if that is near and takes no line more.
        ("中共华川建设集团第一工程有限公司委员会", 16, ["中共华川建设集团", "第一工程有限公司委员会"]),
        (
            "中共华川建设集团第一工程有限公司云江特大桥项目部支部委员会",
            16,
            ["中共华川建设集团第一工程有限公司", "云江特大桥项目部支部委员会"],
        ),
        ("中共华川建设集团有限公司塔里木油田分公司委员会", 12, ["中共华川建设集团有限公司", "塔里木油田分公司委员会"]),
        # No line begins with a closing mark or ends with an opening one.
        ("开展“党员包机”推动节能降耗工作", 9, ["开展“党员包机”", "推动节能降耗工作"]),
        ("推动全年节能降耗“三十万元工程”", 9, ["推动全年节能降耗", "“三十万元工程”"]),
        # No number or word is parted.
        ("节约能耗费用30.5万元以上", 7, ["节约能耗费用", "30.5万元以上"]),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 8, ["ABCDEFGHIJKLMN", "OPQRSTUVWXYZ"]),
    ],
)
def test_a_long_line_breaks_where_one_may(text, room, lines):
    assert official.balanced(text, room) == lines


def test_what_no_paper_can_show_is_taken_out():
    assert official.printable("党\x07建\x00\ud800\ufffe\u202e\u200b\ufeff") == "党建"
    assert official.printable("一\r\n二\r三\x0b四\u2028五\t六") == "一\n二\n三\n四\n五 六"


def test_rare_characters_and_their_variants_stay():
    name = "䶮𠮷𰻝葛\U000e0100 é①　"
    assert official.printable(name) == name


def test_word_styles_have_one_name_each():
    assert len({style.key for style in official.STYLES}) == len(official.STYLES)
    assert len({style.name for style in official.STYLES}) == len(official.STYLES)
