"""The texts of the application: the boxes in which a branch writes whole sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from dangjian.foundation.refusal import Reason, too_long
from dangjian.programmes.scheme import Scheme

TEXTS = (
    "problem",
    "necessity",
    "feasibility",
    "measures",
    "expected_goal",
    "expected_value",
    "stage_goal",
    "long_reason",
    "consultation",
    "investigation",
)
LIKE_ANOTHER = ("problem", "necessity", "feasibility", "measures", "expected_goal", "expected_value")
"""What a new application may take over from an older one; what that year's meetings said is not among it."""


def written(text: Any) -> str:
    """A text as it is kept: one kind of line end, nothing around it."""
    return str(text or "").replace("\r\n", "\n").strip()


def above_limits(texts: Mapping[str, Any], rules: Scheme) -> Iterator[Reason]:
    """Texts above their limit."""
    for name in TEXTS:
        yield from too_long(texts.get(name, ""), rules.field(name).max_length, name)
