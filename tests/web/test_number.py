"""Numbers that a browser sends: a text that is none of ours is answered like any other wrong one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.web.number import number, numbers
from tests.cast import Cast, a_draft, a_submitted

Browse = Callable[..., Any]

TOO_LONG = "9" * 5_000  # more digits than Python reads, and than a database keeps


@pytest.mark.parametrize("text", ["", None, "x", "-1", "1.5", "²", "\uff11\uff12", "1" * 10, TOO_LONG])
def test_what_is_no_number_is_none(text: str | None) -> None:
    assert number(text) == -1
    assert number(text, 20) == 20
    assert numbers([text, "7"]) == [7]


@pytest.mark.parametrize("sent", ["9" * 30, TOO_LONG])
def test_no_page_stumbles_over_a_number(cast: Cast, browse: Browse, sent: str) -> None:
    project = a_submitted(cast)
    officer = browse(cast.people.officer)
    for address in (
        f"{reverse('briefing-new')}?projects={sent}", f"{reverse('comparison')}?project={sent}",
        f"{reverse('projects')}?page={sent}&size={sent}", f"{reverse('participation')}?unit={sent}",
    ):  # fmt: skip
        assert officer.get(address).status_code in (200, 302), address
    assert officer.get(f"{reverse('ceremony-paper', args=['pdf'])}?letters={sent}").status_code == 404
    assert officer.post(reverse("intake-withdrawal"), {"projects": sent}).status_code == 200
    queued = {"act": "pass", "projects": project.pk, "seen": f"{project.pk}:{sent}"}
    assert officer.post(reverse("screenings"), queued).status_code == 200


def test_a_file_is_not_removed_by_nonsense(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = browse(cast.people.secretary).post(reverse("application-edit", args=[project.pk]), {"remove": TOO_LONG})
    assert page.status_code in (200, 302)
