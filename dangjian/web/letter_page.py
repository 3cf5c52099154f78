"""责任书 as the pages show it: rows of the list, the page of one, its place on the page of its project."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dangjian.agreements.letter import Letter
from dangjian.agreements.papers import COPIES
from dangjian.agreements.signature import Manner
from dangjian.agreements.voiding import UNSIGNED, State
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.hand import signed
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.web import display, stamped

Shown = dict[str, Any]

_KEYS = {State.PENDING: "soon", State.DEFERRED: "suspended", State.SIGNED: "established", State.VOID: "terminated"}
# Each move: the page on which it is made, its icon.
_PAGES = {
    "sign": ("letter-signing", "file-check"),
    "defer": ("letter-deferral", "clock"),
    "confirm_electronically": ("letter-confirmations", "pen-line"),
    "carry_on": ("letter-takeover", "user-round-check"),
    "propose_void": ("letter-voiding", "ban"),
    "void": ("letter-void-answer", "ban"),
    "take_back": ("letter-void-answer", "undo-2"),
}


def row(letter: Letter) -> Shown:
    """A line of the list."""
    project = letter.project
    return {
        "pk": letter.pk, "number": letter.number, "project": project, "branch": project.branch.short_name,
        "unit": project.unit.short_name, "state": "overdue" if letter.is_overdue else _KEYS[State(letter.state)],
        "state_text": state_text(letter), "signed_text": day_text(letter.signed_on) if letter.signed_on else "",
        "due_text": day_text(project.letter_due_on) if _is_due(letter) else "", "late": letter.is_overdue,
    }  # fmt: skip


def state_text(letter: Letter) -> str:
    if letter.void_proposed_by_id is not None and letter.state != State.VOID:
        return f"{letter.state_label}，待确认作废"
    if letter.is_overdue:
        return "补签已逾期"
    return letter.state_label


def _is_due(letter: Letter) -> bool:
    return letter.state == State.DEFERRED and letter.project.letter_due_on is not None


def page(letter: Letter, person: Person) -> Shown:
    """Everything on the page of one letter."""
    confirmed = _confirmed(letter)
    # What was confirmed is one file, the same for both: no sheet of paper is scanned or handed over.
    copies = list(letter.copies.select_related("keeper")) if not confirmed or not confirmed["sha256"] else []
    return {
        "letter": row(letter), "facts": _facts(letter), "copies": [_copy(letter, copy, person) for copy in copies],
        "signatures": [_signature(letter, one) for one in letter.signatures.select_related("person", "principal", "authority")],
        "confirmed": confirmed, "moves": _moves(letter, person), "notes": _notes(letter),
        "log": [*[_log_row(made) for made in letter.log()][::-1], _made(letter)],
    }  # fmt: skip


def custody_row(letter: Letter, kept: set[int]) -> Shown:
    """A line of the list of who has the copies; ``kept`` are the letters that one may register something of."""
    confirmed = any(one.certificate for one in letter.signatures.all())
    may = letter.pk in kept
    return row(letter) | {
        "confirmed": confirmed,
        "copies": [
            {
                "label": str(copy), "keeper": copy.keeper.short_name, "custody": copy.custody_text,
                "custody_url": reverse("letter-custody", args=[letter.pk, copy.number]) if may and copy.handed_on is None else "",
            }
            for copy in letter.copies.all()
        ],
    }  # fmt: skip


def to_confirm(letter: Letter) -> Shown:
    """A line of the sitting: with the words that are signed, and who has confirmed already."""
    file_url = reverse("letter-confirmed", args=[letter.pk])
    return row(letter) | {"paragraphs": _words(letter), "stood_text": confirmed_text(letter), "file_url": file_url}


def to_take_over(letter: Letter) -> Shown:
    """A line of the other sitting: with the words that are stood by, and who signed them."""
    return row(letter) | {"paragraphs": _words(letter), "stood_text": stood_text(letter), "file_url": ""}


def _words(letter: Letter) -> list[str]:
    return [letter.facts["purpose"], *letter.facts["clauses"]]


def confirmed_text(letter: Letter) -> str:
    """Who has confirmed in the system what the other side has not yet."""
    others = [one.who for one in letter.signatures.all()]
    return f"{'、'.join(others)}已电子确认" if others else ""


def stood_text(letter: Letter) -> str:
    """Who signed, and who took over from them since."""
    found = letter.signatures.all()
    signed, continued = ("、".join(one.who for one in found if one.manner == manner) for manner in Manner)
    return f"由{signed}签订" + (f"，{continued}已接续确认" if continued else "")


def _facts(letter: Letter) -> list[Shown]:
    facts = letter.facts
    rows = [
        {"label": "项目名称", "value": facts["project"]},
        {"label": "签订单位", "value": facts["unit"], "half": True},
        {"label": "签订支部", "value": facts["branch"], "half": True},
        {"label": "编号", "value": letter.number, "half": True},
        {"label": "状态", "value": state_text(letter), "half": True},
    ]
    if letter.signed_on:
        rows.append({"label": "签订日期", "value": day_text(letter.signed_on), "half": True})
        rows.append({"label": "地点或仪式", "value": letter.place, "half": True})
    if _is_due(letter):
        due = letter.project.letter_due_on
        rows.append({"label": "补签期限", "value": f"{day_text(due)}，{display.due_text(due)}"})
    return rows


def _notes(letter: Letter) -> list[str]:
    """What has to be known before anything is done here."""
    notes = []
    if letter.is_stale:
        notes.append("项目已换了支部或单位，这份责任书不再签订，请重新制作。")
    if letter.void_proposed_by is not None and letter.state != State.VOID:
        notes.append(f"{letter.void_proposed_who}提请作废：{letter.void_reason}。须由另一位同志确认。")
    if letter.state in UNSIGNED and (paper := on_paper_text(letter.project)):
        notes.append(f"{paper}。电子确认只用于新版方案启用后提交的项目。")
    if letter.state == State.VOID:
        notes.append("这份责任书已作废，编号不再使用，只供查阅。")
    return notes


def on_paper_text(project: Project) -> str:
    """Why the letter is signed on paper, though letters of this year may be confirmed in the system by now."""
    if project.rules.letter.electronic or not project.round.rules.letter.electronic:
        return ""
    return f"本项目按第{project.scheme.number}版方案，纸质签订"


def _copy(letter: Letter, copy: Any, person: Person) -> Shown:
    may = person.can(Ability.KEEP_LETTERS, letter.project.unit) and letter.signed_on is not None
    return {
        "label": str(copy), "keeper": copy.keeper.short_name,
        "custody": copy.custody_text if copy.handed_on or letter.state != State.VOID else "已作废，不再交付",
        "pdf_url": reverse("letter-paper", args=[letter.pk, copy.number, "pdf"]),
        "word_url": reverse("letter-paper", args=[letter.pk, copy.number, "docx"]),
        "slot": _slot(letter, copy.number, person),
        "custody_url": reverse("letter-custody", args=[letter.pk, copy.number]) if may and letter.state != State.VOID else "",
        "custody_label": "更正" if copy.handed_on else "登记交付",
    }  # fmt: skip


def _slot(letter: Letter, number: int, person: Person) -> Shown | None:
    is_open = letter.is_current and letter.state != State.VOID
    return stamped.letter_slot(letter.slot(number), person, edition=letter.edition, is_open=is_open)


def _confirmed(letter: Letter) -> Shown | None:
    """The electronically confirmed file, with what it can be told by; or what there is to confirm."""
    kept, url = letter.confirmed_file(), reverse("letter-confirmed", args=[letter.pk])
    if kept is not None:
        return {"name": kept.name, "sha256": kept.evidence.sha256, "url": url}
    return {"name": "待双方书记确认", "sha256": "", "url": url} if letter.may_be_confirmed else None


def _signature(letter: Letter, one: Any) -> Shown:
    kept: Attachment | None = one.authority
    label = letter.facts.get("committee_secretary") if one.side == "committee" else one.get_side_display()
    return {
        "side": label, "who": one.who, "on_text": day_text(one.on), "manner": "电子确认" if one.certificate else one.get_manner_display(),
        "authority_text": one.authority_text,
        "file_url": reverse("letter-file", args=[letter.pk, kept.pk]) if kept else "",
    }  # fmt: skip


def _moves(letter: Letter, person: Person) -> list[Shown]:
    """Where the lifecycle would only repeat that another is to act, there is no button."""
    bar = []
    for move, refusals in letter.open_moves(by=person):
        if move.name not in _PAGES or (refusals and move.name != "sign"):
            continue
        page, icon = _PAGES[move.name]
        # The page of the signing takes the scans itself.
        refusal = "；".join(str(reason) for reason in refusals if reason.field != "scans")
        own = page == "letter-confirmations"
        url = f"{reverse(page)}?letter={letter.pk}" if own else reverse(page, args=[letter.pk])
        bar.append({
            "name": move.name, "label": move.label, "url": url, "tone": move.tone,
            "icon": icon, "refusal": refusal,
        })  # fmt: skip
    return bar


def _log_row(made: Any) -> Shown:
    ended = made.name in ("void", "supersede")
    return {
        "title": made.label, "who": made.who, "at_text": display.moment(made.at), "opinion": made.opinion,
        "icon": "ban" if ended else "check", "tone": "slate" if ended else "green",
    }  # fmt: skip


def _made(letter: Letter) -> Shown:
    return {
        "title": "制作责任书", "who": signed(letter.made_by, letter.made_for), "at_text": display.moment(letter.made_at), "opinion": "",
        "icon": "file-pen", "tone": "grey",
    }  # fmt: skip


def _slots(letter: Letter, person: Person) -> list[Shown]:
    """Of its signed copies; of a letter confirmed in the system, and of an offline one, none is filed."""
    if letter.project.is_offline or letter.confirmed_file():
        return []
    return [slot for number in COPIES if (slot := _slot(letter, number, person))]


def of_project(project: Project, person: Person) -> list[Shown]:
    """The letters of a project among its papers, the newest first; old ones stay readable."""
    found = (
        Letter.objects.visible_to(person)
        .filter(project=project)
        .select_related("project__branch", "project__unit", "made_by", "made_for")
    )
    return [
        {
            "label": "附件2", "name": "党建项目化管理责任书", "frozen": True,
            "text": f"{letter.number}，{state_text(letter)}，{signed(letter.made_by, letter.made_for)} {display.moment(letter.made_at)}制作",
            "page_url": reverse("letter", args=[letter.pk]),
            "word_url": reverse("letter-paper", args=[letter.pk, 1, "docx"]),
            "pdf_url": reverse("letter-paper", args=[letter.pk, 1, "pdf"]),
            "slots": _slots(letter, person),
        }
        for letter in found.order_by("-edition")
    ]  # fmt: skip
