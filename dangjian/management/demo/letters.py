"""The letters of the demo: signed with both scans, put off with a reason, or left to be signed."""

from dangjian.agreements import papers
from dangjian.agreements.letter import Letter
from dangjian.foundation import clock
from dangjian.management.demo.tale import Told
from dangjian.papers import pdf
from dangjian.people.person import Person
from dangjian.projects.project import Project


def agree(project: Project, told: Told, *, by: Person) -> None:
    """Make the project's letter, and what the story tells of it."""
    letter = Letter.objects.get(pk=Letter.make(project, by=by).pk)
    if "place" in told:
        for number in papers.COPIES if not project.is_offline else ():
            letter.slot(number).file(pdf.draw(papers.copy_of(letter, number)), pages=1, by=by)
        letter.sign(signed_on=clock.today(), place=told["place"], by=by)
        if "handed" in told and project.owner is not None:
            for copy, taker in zip(letter.copies.order_by("number"), (by, project.owner), strict=True):
                copy.hand_over(to=taker.name, on=clock.today(), by=by)
    elif "reason" in told:
        letter.defer(reason=told["reason"], by=by)
