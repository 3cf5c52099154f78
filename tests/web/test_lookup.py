"""The pages of one kind in the lookup, and what they cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dangjian.overview.lookup import KINDS
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from tests.cast import Cast, a_draft, an_established
from tests.programmes.test_topic import a_topic
from tests.projects.test_brand import a_brand

Browse = Callable[..., Any]


def test_the_lookup_pages_inside_one_kind_and_keeps_the_words(cast: Cast, browse: Browse) -> None:
    for number in range(23):
        a_draft(cast, name=f"找得到{number}")
    secretary = browse(cast.people.secretary)
    assert "?q=%E6%89%BE%E5%BE%97%E5%88%B0&amp;kind=project" in secretary.get("/search/?q=找得到").content.decode()
    first = secretary.get("/search/?q=找得到&kind=project")
    page = first.context["page"]
    assert (len(page.rows), page.number) == (20, 1)
    assert page.next_url == "?q=%E6%89%BE%E5%BE%97%E5%88%B0&kind=project&page=2"
    text = first.content.decode()
    assert "第 1 至 20 条" in text
    assert "共 23 条" not in text
    assert "返回全部结果" in text
    rest = secretary.get(f"/search/{page.next_url}").context["page"]
    assert (len(rest.rows), rest.has_next) == (3, False)
    assert rest.previous_url.endswith("&kind=project&page=1")
    last = secretary.get("/search/?q=找得到&kind=project&page=9").context["page"]
    assert (last.number, len(last.rows), last.has_next) == (2, 3, False)
    assert len(secretary.get("/search/?q=找得到&kind=没有").context["kinds"]) == 1


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_the_lookup_takes_as_many_queries_for_many_hits_as_for_one(cast: Cast, browse: Browse, kind: str) -> None:
    def make(number: int) -> None:
        an_established(cast, name=f"云江{number}")
        a_topic(cast, title=f"云江{number}")
        a_brand(cast, name=f"云江{number}")
        Organisation.found(
            parent=cast.places.unit, by=cast.people.system_admin, kind=Kind.BRANCH, full_name=f"云江{number}", short_name=f"云江{number}"
        )  # fmt: skip
        Person.enrol(name=f"云江{number}", organisation=cast.places.unit, by=cast.people.system_admin)

    officer, path = browse(cast.people.officer), f"/search/?q=云江&kind={kind}"
    make(0)
    officer.get(path)
    with CaptureQueriesContext(connection) as of_one:
        officer.get(path)
    for number in range(1, 8):
        make(number)
    with CaptureQueriesContext(connection) as of_many:
        officer.get(path)
    assert len(of_many) == len(of_one) <= 20
