"""我的事项: the boxes as pages, and how they are narrowed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, a_screened, a_submitted

Browse = Callable[..., Any]


def test_what_one_did_is_narrowed_by_action_and_days(cast: Cast, browse: Browse) -> None:
    a_screened(cast, name="通过的")
    a_submitted(cast, name="退回的").decide("return", by=cast.people.officer, opinion="请量化")
    officer = browse(cast.people.officer)
    names = [row["name"] for row in officer.get("/todos/?box=done&kind=return_for_revision").context["page"].rows]
    assert names == ["退回的"]
    page = officer.get("/todos/?box=done&since=2022-08-25")
    assert "没有符合条件的记录" in page.content.decode()
    assert len(officer.get("/todos/?box=done&since=2022-08-24&until=2022-08-24").context["page"].rows) == 2


@pytest.mark.parametrize("box", ["done", "mine", "copies"])
def test_nonsense_narrows_nothing_and_is_told_at_its_field(cast: Cast, browse: Browse, box: str) -> None:
    a_screened(cast)
    who = cast.people.officer if box == "done" else cast.people.secretary
    page = browse(who).get(f"/todos/?box={box}&kind=x&since=2022-08-30&until=2022-08-29")
    assert "不能早于起始日期" in page.content.decode()
    assert browse(who).get(f"/todos/?box={box}&since=gestern").status_code == 200
    assert browse(who).get("/todos/?box=todo&kind=x").status_code == 200
