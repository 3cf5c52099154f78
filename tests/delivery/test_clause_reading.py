"""Who answers for a measure and until when, as the clause of the application says it; what is not certain stays empty."""

from datetime import date

import pytest

from dangjian.delivery.clause_reading import due_in, person_in, told_in
from dangjian.people.person import Person
from dangjian.projects.period import Period

NAMES = ("张建国", "王志强", "王志", "李敏", "高峰", "赵磊")
PEOPLE = [Person(pk=pk, name=name) for pk, name in enumerate(NAMES, start=1)]
MEMBERS = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("9月10日前完成油耗定额核定，王志强牵头", "王志强"),
        ("王志开展调研", "王志"),
        ("由李敏每周通报", "李敏"),
        ("每周通报，责任人：李敏", "李敏"),
        ("由李敏、王志强牵头", ""),
        ("李敏配合，王志强牵头", "王志强"),
        ("李敏和王志强开展调研", ""),
        ("王志强牵头，李敏负责统计", "王志强"),
        ("王志强负责核定，李敏负责统计", ""),
        ("负责人王志强，每周一次", "王志强"),
        ("张建国书记牵头，王志强配合", "张建国"),
        ("技术部牵头，王志强配合", ""),
        ("夏季施工高峰期每周检查", ""),
        ("每周检查，高峰负责", "高峰"),
        ("赵磊牵头，王志强配合", "赵磊"),
        ("每周检查，赵磊、王志强", ""),
        ("每周检查，赵磊", ""),
        ("每周检查，孙大伟", ""),
        ("每周检查", ""),
    ],
)
def test_who_answers_is_read_where_it_is_certain(text: str, name: str) -> None:
    found = person_in(text, PEOPLE, MEMBERS)
    assert (found.name if found else "") == name


def test_two_of_one_name_are_nobody_and_so_is_anybody_where_none_is_known() -> None:
    twice = [*PEOPLE, Person(pk=9, name="王志强")]
    assert person_in("王志强牵头", twice, MEMBERS) is None
    assert person_in("每周检查，王志强", twice, MEMBERS) is None
    assert person_in("王志强牵头", [], MEMBERS) is None
    assert person_in("每周检查，王志强", [], MEMBERS) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9月10日前完成定额核定，王志强牵头", date(2022, 9, 10)),
        ("９月１０日之前完成", date(2022, 9, 10)),
        ("9月底前完成", date(2022, 9, 30)),
        ("2023年2月底前完成", date(2023, 2, 28)),
        ("2022年9月完成", date(2022, 9, 30)),
        ("2022年8月至2022年12月开展", date(2022, 12, 31)),
        ("1月10日前完成", date(2023, 1, 10)),
        ("2022年9月10日前完成", date(2022, 9, 10)),
        ("8月10日前完成", None),  # both years have one
        ("7月10日前完成", date(2023, 7, 10)),
        ("2022年6月底前完成", None),
        ("2022年9月起每周检查", None),
        ("2022年9月开始每周检查", None),
        ("2022年9月前完成", None),
        ("10月底起执行", None),
        ("10月底开始执行", None),
        ("10月底至11月底完成", date(2022, 11, 30)),
        ("10月底之前完成", date(2022, 10, 31)),
        ("10月底投用", date(2022, 10, 31)),
        ("10月底前后完成", None),
        ("9月10日前后完成", None),
        ("2022年9月10日召开动员会", None),
        ("9月10日召开动员会", None),
        ("较2022年9月下降", None),
        ("9月31日前完成", None),
        ("13月底前完成", None),
        ("9月10日前试点，10月底前推开", None),
        ("9月10日前完成，即2022年9月10日前", date(2022, 9, 10)),
        ("每周通报", None),
    ],
)
def test_a_day_is_read_where_exactly_one_lies_in_the_period(text: str, day: date | None) -> None:
    assert due_in(text, Period("2022-08", "2023-08")) == day


def test_without_a_period_there_is_no_day() -> None:
    assert due_in("9月10日前完成", None) is None


@pytest.mark.parametrize(
    ("text", "left", "name", "day"),
    [
        (
            "冷却水管由三层加密到五层，10月5日前完成，王志强牵头",
            "冷却水管由三层加密到五层",
            "王志强",
            date(2022, 10, 5),
        ),
        ("水管加密到五层（10月5日前完成，王志强牵头）", "水管加密到五层", "王志强", date(2022, 10, 5)),
        ("水管加密到五层 王志强牵头 10 月 5 日前完成", "水管加密到五层", "王志强", date(2022, 10, 5)),
        ("王志强牵头，9月10日前完成核定，逐台公示", "完成核定，逐台公示", "王志强", date(2022, 9, 10)),
        ("每台核定，责任人：王志强，完成时间：９月３０日前", "每台核定", "王志强", date(2022, 9, 30)),
        ("张建国书记牵头，王志强配合", "王志强配合", "张建国", None),
        ("组织委员李敏牵头组织夜校", "组织夜校", "李敏", None),
        ("每周由李敏通报", "每周通报", "李敏", None),
        ("新泵于10月底投用", "新泵投用", "", date(2022, 10, 31)),
        ("由李敏、王志强牵头，2022年9月完成", "由李敏、王志强牵头", "", date(2022, 9, 30)),
        # What does not let go of its name or day keeps it, and only there.
        ("王志强班组每周检查", "王志强班组每周检查", "", None),
        ("王志强牵头的攻关组每周检查", "王志强牵头的攻关组每周检查", "", None),
        ("王志强牵头，王志强每周通报", "王志强牵头，王志强每周通报", "", None),
        ("每周检查，王志强配合", "每周检查，王志强配合", "", None),
        ("2022年8月至2022年12月开展", "2022年8月至2022年12月开展", "", None),
        ("9月10日前的油耗全部核对", "9月10日前的油耗全部核对", "", None),
        ("9月10日前完成，即2022年9月10日前", "9月10日前完成，即2022年9月10日前", "", None),
        ("10月底前完成", "10月底前完成", "", None),
        ("9月10日前试点，10月底前推开", "9月10日前试点，10月底前推开", "", None),
        ("每周通报，孙大伟牵头", "每周通报，孙大伟牵头", "", None),
    ],
)
def test_person_and_day_are_said_once_and_nothing_else_is_lost(
    text: str, left: str, name: str, day: date | None
) -> None:
    told = told_in(text, PEOPLE, MEMBERS, Period("2022-08", "2023-08"))
    assert (told.text, told.person.name if told.person else "", told.due) == (left, name, day)
