"""What the demo's offices had begun on paper and brought in later."""

from dangjian.management.demo.company import Company
from dangjian.management.demo.tale import Told
from dangjian.people.access import Ability
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.projects.taking_over import Past


def bring_in(company: Company, year: int, one: Told) -> None:
    """Enter one project of ``year`` from its unit's old ledger; what was no project of that year is taken back."""
    branch = company.places[one["branch"]]
    officer = company.hand(Ability.SCREEN, branch.unit)  # the unit's own officer rather than the company's
    starts, ends = one["period"].split("~")
    past = Past(
        name=one["name"], starts=starts, ends=ends, texts=one["facts"], categories=one["categories"],
        established_on=one["established_on"], committee_opinion=one["opinion"], leader=one["leader"], remark=one["remark"],
    )  # fmt: skip
    project = Project.take_over(
        past, branch=branch, round=Round.objects.get(year=year), state=one["state"], source=one["source"], by=officer
    )  # fmt: skip
    if one.get("mistaken"):
        project.withdraw_past(by=officer)
