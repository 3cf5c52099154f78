"""The notice: each person is told each event once, and reads nobody else's."""

from dangjian.foundation import clock, notice
from dangjian.foundation.notice import Notice
from tests.cast import Cast


def tell(cast: Cast, *names: str, event: str = "round-opened", text: str = "申报已经开始") -> None:
    people = [getattr(cast.people, name) for name in names]
    notice.tell(people, event=event, text=text, about=cast.places.company)


def test_telling_the_same_event_again_tells_nobody_twice(cast: Cast) -> None:
    tell(cast, "secretary", "clerk")
    tell(cast, "secretary", "clerk", text="申报已经开始，再说一遍")
    assert [(told.person, told.text) for told in Notice.objects.order_by("pk")] == [
        (cast.people.secretary, "申报已经开始"),
        (cast.people.clerk, "申报已经开始"),
    ]


def test_one_who_was_not_told_the_first_time_is_told_the_second(cast: Cast) -> None:
    tell(cast, "secretary")
    tell(cast, "secretary", "clerk")
    assert Notice.objects.visible_to(cast.people.clerk).count() == 1
    assert Notice.objects.count() == 2


def test_another_event_is_another_notice(cast: Cast) -> None:
    tell(cast, "secretary")
    tell(cast, "secretary", event="round-closing")
    assert Notice.objects.visible_to(cast.people.secretary).count() == 2


def test_a_notice_is_its_reader_s_own(cast: Cast) -> None:
    tell(cast, "secretary")
    for name in ("clerk", "officer", "leader", "system_admin"):
        assert not Notice.objects.visible_to(getattr(cast.people, name)).exists()


def test_a_notice_says_what_it_is_about(cast: Cast) -> None:
    tell(cast, "secretary")
    told = Notice.objects.get()
    assert (told.noun, told.noun_id, told.created_at) == ("organisation", cast.places.company.pk, clock.now())


def test_reading_takes_a_notice_off_the_unread_ones_and_keeps_when(cast: Cast) -> None:
    tell(cast, "secretary", "clerk")
    mine = Notice.objects.visible_to(cast.people.secretary)
    assert mine.mark_read() == 1
    assert mine.get().read_at == clock.now()
    assert [told.person for told in Notice.objects.unread()] == [cast.people.clerk]


def test_the_moment_of_the_first_reading_stays(cast: Cast) -> None:
    tell(cast, "secretary")
    Notice.objects.mark_read()
    read_at = Notice.objects.get().read_at
    with clock.fixed_at("2022-08-25 09:00"):
        assert Notice.objects.mark_read() == 0
    assert Notice.objects.get().read_at == read_at


def test_a_text_too_long_for_the_inbox_is_cut_and_still_told(cast: Cast) -> None:
    tell(cast, "secretary", text="长" * 400)
    assert Notice.objects.get().text == "长" * 300
