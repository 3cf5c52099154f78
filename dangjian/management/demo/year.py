"""A year of the demo: every event of the story, in the order of its clock, by the verb a page would call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.management.demo import filings, plans
from dangjian.management.demo.circular import circular
from dangjian.management.demo.company import Company
from dangjian.management.demo.letters import agree
from dangjian.management.demo.on_paper import bring_in
from dangjian.management.demo.tale import Told, told, told_in
from dangjian.overview.download import Download, make_waiting
from dangjian.papers import pdf
from dangjian.papers.scanned import File
from dangjian.people.access import Ability
from dangjian.people.delegation import Delegation
from dangjian.people.former_name import NAMES
from dangjian.people.person import Person, secretary_of
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import export, read, source_plan_text
from dangjian.programmes.scheme_notice import SchemeNotice
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.programmes.topic import Topic
from dangjian.projects import papers
from dangjian.projects.brand import Brand
from dangjian.projects.briefing import Briefing
from dangjian.projects.handover import Handover
from dangjian.projects.highlight import Highlight
from dangjian.projects.instruction import Instruction
from dangjian.projects.meeting import Attendance, Meeting, Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring
from dangjian.projects.scan import Slot

# 2022-08-17 16:20 submit, then what is said with it.
_EVENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (\w+) ?(.*)", re.DOTALL)
# 5/5 同意申报: who came of whom, then the opinion.
_OPINION = re.compile(r"(\d+)/(\d+) (.*)", re.DOTALL)


@dataclass(frozen=True)
class Event:
    """``play`` happens at ``at``, Beijing time."""

    at: str
    what: str
    play: Callable[[], object]


class Year:
    """One round with its projects and meetings."""

    def __init__(self, company: Company, year: int) -> None:
        self.company = company
        self.told: Told = told(str(year))
        self.stories: dict[str, Told] = {story["key"]: story for story in told_in(f"{year}-")}
        self.projects: dict[str, int] = {}
        self.topics: dict[str, Topic] = {}

    def play(self) -> None:
        """Let the year happen. An event that a verb refuses is a fault of the story."""
        for event in sorted(self._events(), key=lambda event: event.at):
            with clock.fixed_at(event.at):
                try:
                    event.play()
                except Refused as refused:
                    raise ValueError(f"演示故事有误：{event.at} {event.what}：{refused}") from refused

    def _events(self) -> Iterator[Event]:
        yield Event(self.told["opened_at"], "开启批次", self._open)
        yield from self._around_projects()
        for story in self.stories.values():
            for line in story["events"]:
                yield self._event(story, line)
        for meeting in self.told["meetings"]:
            yield Event(meeting["recorded_at"], "登记会议", partial(self._meet, meeting))
        if "passed_on_at" in self.told:
            yield Event(self.told["passed_on_at"], "项目交接", Handover.settle)
        yield Event(self.told["inboxes_read_at"], "看通知", Notice.objects.all().mark_read)

    def _around_projects(self) -> Iterator[Event]:
        """What company and units do beside the projects themselves."""
        for key, what, act in (
            ("reopenings", "重新开放", self._reopen),
            ("internal_dates", "规定内部截止日期", self._bring_forward),
            ("topics", "登记选题", self._propose),
            ("brands", "登记特色品牌", self._register_brand),
            ("highlights", "标为亮点", self._mark),
            ("scans", "归档扫描件", self._file_scan),
            ("letters", "责任书", self._letter),
            ("delegations", "委托代办", self._delegate),
            ("renames", "党组织更名", self._rename),
            ("downloads", "后台导出", self._download),
            ("on_paper", "补录", partial(bring_in, self.company, self.told["year"])),
        ):
            for one in self.told.get(key, []):
                yield Event(one["at"], what, partial(act, one))
        for one in self.told.get("filings", []):
            yield Event(one["at"], "报送备案", partial(filings.hand_in, self.company, self.told["year"], one))
            if answer := one.get("answer"):
                yield Event(answer["at"], "办理备案", partial(filings.answer, self.company, self.told["year"], one))
        for key, events in (
            ("misprints", self._of_misprint), ("notices", self._of_notice), ("briefings", self._of_briefing),
            ("plans", self._of_plan),
        ):  # fmt: skip
            for one in self.told.get(key, []):
                yield from events(one)

    def _event(self, story: Told, line: str) -> Event:
        at, verb, said = _parts(_EVENT, line)
        return Event(at, f"{story['key']} {verb}", partial(getattr(self, f"_{verb}"), story, said))

    # The round

    def _open(self) -> None:
        officer = self.company.hand(Ability.ISSUE_SCHEME, self.company.places["company"])
        scheme = read(source_plan_text()).for_year(self.told["year"])
        parts: Told = {key: getattr(scheme, key).model_copy(update=self.told.get(key, {})) for key in ("head", "gates")}
        if self.told.get("plans_by_committee"):
            parts["approvals"] = scheme.approvals.model_copy(update=plans.by_committee(scheme))
        Round.open(SchemeVersion.issue(export(scheme.model_copy(update=parts)), by=officer), by=officer)

    def _reopen(self, one: Told) -> None:
        place = self.company.places[one["place"]]
        by = self.company.hand(Ability.REOPEN_WINDOW, place)
        self._round.reopen("application", place, closes_on=one["closes_on"], reason=one["reason"], by=by)

    def _bring_forward(self, one: Told) -> None:
        unit = self.company.places[one["unit"]]
        self._round.set_internal_date(
            "application", unit, closes_on=one["closes_on"], note=one["note"],
            by=self.company.hand(Ability.REOPEN_WINDOW, unit),
        )  # fmt: skip

    def _propose(self, one: Told) -> None:
        place = self.company.places[one["place"]]
        self.topics[one["key"]] = Topic.propose(
            place, year=self.told["year"], kind=one["kind"], title=one["title"], text=one["text"],
            by=self.company.hand(Ability.SCREEN, place),  # the unit's own officer rather than the company's
        )  # fmt: skip

    def _mark(self, one: Told) -> None:
        project = self._project(one["project"])
        by = self.company.hand(Ability.MARK_HIGHLIGHT, project.unit)
        brand = Brand.objects.get(name=one["brand"]) if "brand" in one else None
        Highlight.mark(project, reason=one["reason"], brand=brand, by=by)

    def _register_brand(self, one: Told) -> None:
        place = self.company.places[one["place"]]
        by = self.company.hand(Ability.SCREEN, place)  # the unit's own officer rather than the company's
        Brand.register(place, name=one["name"], since=one["since"], meaning=one["meaning"], by=by)

    def _download(self, one: Told) -> None:
        Download.ask("projects", name=one["name"], query=one["query"], by=self.company.people[one["by"]])
        make_waiting()

    def _file_scan(self, one: Told) -> None:
        """As printed, though nobody stamped it."""
        project = self._project(one["project"])
        by = self.company.hand(Ability.DRAFT, project.branch)
        printed = pdf.draw(papers.application_form(project))
        Slot(PaperKind.APPLICATION, project).file_all([File("盖章扫描件.pdf", printed)], by=by)

    def _letter(self, one: Told) -> None:
        for key in one["projects"]:
            project = self._project(key)
            agree(project, one, by=self.company.hand(Ability.KEEP_LETTERS, project.unit))

    def _rename(self, one: Told) -> None:
        by, place = (
            self.company.hand(Ability.MANAGE_ACCOUNTS, self.company.places["company"]),
            self.company.places[one["place"]],
        )
        Restructuring.rename(place, by=by, reason=one["reason"], **dict(zip(NAMES, one["names"], strict=True)))

    def _delegate(self, one: Told) -> None:
        by, to = self.company.people[one["by"]], self.company.people[one["to"]]
        span = {key: one[key] for key in ("starts_on", "ends_on", "reason")}
        Delegation.give(list(by.delegable_offices()), to=to, by=by, **span)

    def _of_notice(self, one: Told) -> Iterator[Event]:
        yield Event(one["at"], "印发通知", partial(self._issue_notice, one))
        for forward in one["forwards"]:
            yield Event(forward["at"], "转发通知", partial(self._forward_notice, forward))
        for at, keys in one["signed"].items():
            for key in keys:
                yield Event(at, f"签收通知 {key}", partial(self._sign_notice, key))

    def _of_misprint(self, one: Told) -> Iterator[Event]:
        """A notice that went out wrong and was revoked."""
        yield Event(one["at"], "印发通知", partial(self._issue_notice, one))
        yield Event(one["revoked_at"], "撤销通知", partial(self._revoke_notice, one))

    def _revoke_notice(self, one: Told) -> None:
        notice = SchemeNotice.objects.get(round=self._round, number=one["number"])
        notice.revoke(by=self.company.hand(Ability.ISSUE_SCHEME, self.company.places["company"]), reason=one["reason"])

    def _issue_notice(self, one: Told) -> None:
        round = self._round
        head = round.rules.head
        SchemeNotice.issue(
            round, title=head.title, number=one.get("number", head.number or ""), issued_on=clock.today(), text=one["text"],
            addressees=SchemeNotice.addressable(), file=[pdf.draw(circular(round.rules, clock.today()))],
            file_name=f"{head.title}.pdf", by=self.company.hand(Ability.ISSUE_SCHEME, self.company.places["company"]),
        )  # fmt: skip

    @property
    def _notice(self) -> SchemeNotice:
        """The one that stands."""
        return SchemeNotice.objects.get(round=self._round, number=self._round.rules.head.number)

    def _forward_notice(self, one: Told) -> None:
        unit, notice = self.company.places[one["unit"]], self._notice
        by = self.company.hand(Ability.FORWARD_NOTICE, unit)
        notice.forward(unit, branches=notice.not_reached(unit), text=one["text"], by=by)

    def _sign_notice(self, key: str) -> None:
        place = self.company.places[key]
        receipt = NoticeReceipt.objects.get(notice=self._notice, organisation=place)
        receipt.sign(by=Person.objects.appointed_at([place], Ability.SIGN_NOTICE).in_order().reverse()[0])

    def _of_briefing(self, one: Told) -> Iterator[Event]:
        yield Event(one["at"], "呈送呈阅件", partial(self._present, one))
        for said in one.get("instructions", []):
            yield Event(said["at"], "批示", partial(self._instruct, one, said))
            if result := said.get("result"):
                yield Event(result["at"], "办结批示", partial(self._carry_out, one, result["text"]))

    def _present(self, one: Told) -> None:
        unit = self.company.places[one["unit"]]
        Briefing.present(
            unit, to=self.company.people[one["to"]], title=one["title"], summary=one["summary"],
            proposal=one["proposal"], projects=[self._project(key) for key in one["projects"]],
            by=self.company.hand(Ability.SCREEN, unit),  # the unit's own officer rather than the company's
        )  # fmt: skip

    def _instruct(self, one: Told, said: Told) -> None:
        briefing = Briefing.objects.get(title=one["title"])
        by = briefing.to if said["by"] == "leader" else briefing.by
        place = self.company.places[said["place"]]
        Instruction.give(briefing, text=said["text"], organisation=place, due_on=said["due_on"], by=by)

    def _carry_out(self, one: Told, result: str) -> None:
        held = Instruction.objects.get(briefing__title=one["title"])
        held.finish(result=result, by=held.undertakers().in_order()[0])

    def _of_plan(self, one: Told) -> Iterator[Event]:
        for line in one["events"]:
            at, verb, said = _parts(_EVENT, line)
            yield Event(at, f"计划书 {one['project']} {verb}", partial(self._plan, one, verb, said))

    def _plan(self, one: Told, verb: str, said: str) -> None:
        project = self._project(one["project"])
        secretary, officer = self._secretary(project), self.company.hand(Ability.CHECK_PLAN, project.unit)
        if verb == "ask_change":
            plans.ask_change(project, one["change"], secretary=secretary)
        else:
            plans.plan(project, one, verb, said, secretary=secretary, officer=officer)

    @property
    def _round(self) -> Round:
        return Round.objects.get(year=self.told["year"])

    # What a branch does with its project

    def _draft(self, story: Told, said: str) -> None:
        branch = self.company.places[story["branch"]]
        made = Project.draft(branch=branch, name=story["name"], by=self.company.hand(Ability.DRAFT, branch))
        self.projects[story["key"]] = made.pk
        if story.get("offline"):
            made.keep_offline(by=self.company.hand(Ability.DRAFT, branch))

    def _fill(self, story: Told, said: str) -> None:
        """As first written: what was later revised stands under ``at_first``."""
        self._write(story, {**story.get("facts", {}), **story.get("at_first", {})})

    def _revise(self, story: Told, said: str) -> None:
        self._write(story, story["facts"])

    def _write(self, story: Told, facts: Told) -> None:
        project = self._project(story["key"])
        starts, ends = story["period"].split("~")
        topic = {"bank_topic": self.topics[story["bank_topic"]]} if "bank_topic" in story else {}
        team = [(self.company.people[name], duty) for name, duty in story.get("team", {}).items()]
        project.application.fill(
            {"name": story["name"], "starts": starts, "ends": ends, **facts, **topic},
            by=self.company.hand(Ability.DRAFT, project.branch), seen=project.application.edits,
            categories=story["categories"], team=team, lists=story.get("lists"),
        )  # fmt: skip

    def _agree(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        present, expected, opinion = _parts(_OPINION, said)
        hand = self.company.hand(Ability.RECORD_BRANCH_OPINION, project.branch)
        attendance = Attendance(
            expected=int(expected), present=int(present), chair=self._secretary(project).name, recorder=hand.name,
            absent="1人因公出差请假" if present != expected else "",
        )  # fmt: skip
        verdict = Verdict(project, "agree", opinion, votes_for=int(present), votes_against=0, abstentions=0)
        today = clock.today()
        # A branch meets about twice a month: by August it is not its first meeting of the year.
        issue = max(Meeting.next_issue(project.branch, today.year), 2 * today.month)
        Meeting.record(project.branch, held_on=today, issue=issue, attendance=attendance, verdicts=[verdict], by=hand)

    def _submit(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        project.submit(by=self._secretary(project))

    def _recall(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        project.recall(by=self._secretary(project))

    def _withdraw(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        project.withdraw(by=self._secretary(project), reason=said)

    def _ask(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        project.ask_to_act(by=self._secretary(project))

    # What its unit does

    def _pass(self, story: Told, said: str) -> None:
        self._screen(story, "pass", said)

    def _return(self, story: Told, said: str) -> None:
        self._screen(story, "return", said)

    def _screen(self, story: Told, decision: str, said: str) -> None:
        project = self._project(story["key"])
        by, answer = self.company.hand(Ability.SCREEN, project.unit), True if decision == "pass" else None
        project.decide(decision, by=by, opinion=said, answer=answer)

    def _hand_over(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        name, reason = said.split(" ", 1)
        to = self.company.people[name]
        project.hand_over(to=to, by=project.handlers().exclude(pk=to.pk)[0], reason=reason)

    def _recuse(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        name, reason = said.split(" ", 1)
        to = self.company.people[name]
        project.recuse(stand_in=to, by=project.handlers().exclude(pk=to.pk)[0], reason=reason)

    def _urge(self, story: Told, said: str) -> None:
        project = self._project(story["key"])
        project.urge(by=self.company.hand(Ability.SCREEN, project.unit))

    def _meet(self, one: Told) -> None:
        place = self.company.places[one["place"]]
        Meeting.record(
            place, held_on=one["held_on"], issue=one["issue"], attendance=Attendance(**one["attendance"]),
            verdicts=[self._verdict(verdict) for verdict in one.get("verdicts", [])],
            matters=[plans.verdict(self._project(each["project"]), each) for each in one.get("plans", [])],
            by=self.company.hand(Ability.RECORD_MEETING, place),
        )  # fmt: skip

    def _verdict(self, one: Told) -> Verdict:
        votes: list[int | None] = one.get("votes") or [None, None, None]
        return Verdict(
            self._project(one["project"]), one["decision"], one["opinion"],
            votes_for=votes[0], votes_against=votes[1], abstentions=votes[2], recused=one.get("recused", ""),
            recusal_reason=one.get("recusal_reason", ""), stand_in=one.get("stand_in", ""),
        )  # fmt: skip

    # Finding

    def _project(self, key: str) -> Project:
        return Project.objects.with_names().get(pk=self.projects[key])

    def _secretary(self, project: Project) -> Person:
        secretary = secretary_of(project.branch)
        assert secretary is not None, f"{project.branch} 没有书记"
        return secretary


def _parts(shape: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = shape.fullmatch(text)
    if found is None:
        raise ValueError(f"演示故事有误：{text}")
    return found.groups()
