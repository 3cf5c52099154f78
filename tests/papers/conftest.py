"""Papers are tested with the fonts that set-up copies, so that no computer's own fonts change the result."""

from pathlib import Path

import pytest

from dangjian.papers.fonts import Library

FONTS = Path(__file__).resolve().parents[2] / "build" / "fonts"


@pytest.fixture(scope="session")
def library() -> Library:
    assert list(FONTS.glob("*.ttf")), f"{FONTS} is empty: run the set-up first"
    return Library([FONTS], system=False)
