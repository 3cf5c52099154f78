"""The opinions as the application form prints them: the branch's own and the committee's, with date and room for the seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dangjian.papers import official
from dangjian.papers.blocks import FormRow, Paragraph
from dangjian.people.organisation import Organisation
from dangjian.projects.resolution import Resolution

if TYPE_CHECKING:
    from dangjian.projects.project import Project


@dataclass(frozen=True)
class Opinion:
    """A collective opinion as the form prints it: label, text, date of the meeting."""

    label: str
    text: str = ""
    held_on: date | None = None


def opinions(project: Project) -> tuple[Opinion, Opinion]:
    """The branch's and the committee's; of a project from paper as the paper tells them, until they meet here."""
    own, above = project.branch_opinion(), project.committee_opinion()
    past = project.past
    if past is None or own or above:
        return _opinion_of(project.branch, own), _opinion_of(project.unit, above)
    return (
        Opinion(f"{project.branch.deciding_body}意见", past.branch_opinion, past.branch_opinion_on),
        Opinion(f"{project.unit.deciding_body}意见", past.committee_opinion, past.established_on),
    )


def _opinion_of(place: Organisation, found: Resolution | None) -> Opinion:
    """A resolution of the place's own meeting; room to write where it has not met yet."""
    if found is None:
        return Opinion(f"{place.deciding_body}意见")
    # The paper keeps the name the body had when it met, should the organisation change later.
    return Opinion(f"{found.meeting.body}意见", found.text, found.meeting.held_on)


def opinion_row(opinion: Opinion, name: str, *, strict: bool) -> FormRow:
    # The plan's own form prints the date alone; the place for signature and seal is above it (S-108, S-109).
    seal = () if strict else ("（签名、盖章）",)
    return FormRow(
        opinion.label, (Paragraph(opinion.text),), height=28, foot=(*seal, official.dated(opinion.held_on)), name=name
    )
