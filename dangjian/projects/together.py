"""Several at once (批量办理): one decision on many waiting projects, each by itself (S-27)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dangjian.foundation.lifecycle import MoveLog, Refused
from dangjian.projects.project import Project

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Result:
    """What became of one of them: the move that was made, or why it was not."""

    project: Project
    made: MoveLog | None = None
    refused: Refused | None = None
    left_out: bool = False

    @property
    def text(self) -> str:
        if self.made is None:
            return str(self.refused)
        return f"已{self.made.label}{'；线下管理，只登记结论，所写意见没有记入' if self.left_out else ''}"


def decided(
    projects: Iterable[Project], decision: str, *, by: Any, seen: Mapping[int, int], opinion: str = "",
    answer: bool | None = None,
) -> Iterator[Result]:  # fmt: skip
    """Decide each in a transaction of its own; ``seen`` is the version of each as it was last read.

    An opinion typed for all is not kept with what is managed offline: its conclusion is, and the result says so.
    """
    for project in projects:
        kept = "" if project.is_offline else opinion
        try:
            made = project.decide(decision, by=by, seen=seen.get(project.pk), opinion=kept, answer=answer)
        except Refused as refused:
            yield Result(project, refused=refused)
        else:
            yield Result(project, made=made, left_out=kept != opinion)
