"""The placeholders (占位符) of a paper: the names of its facts, as they stand in a template that somebody edits in Word.

They are found in the blocks themselves, so that a template, what fills it and the built-in paper cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import singledispatch

from dangjian.papers.blocks import (
    Addressees,
    Block,
    Cover,
    FormRow,
    FormTable,
    ListTable,
    Note,
    Paper,
    Paragraph,
    SignatureRow,
    Text,
    Title,
)
from dangjian.papers.line import Line

OMITTED = "无则不印"
"""After a name: what holds the placeholder is left out where the fact is empty."""
COLON = "："


@dataclass(frozen=True)
class Names:
    """What a template of one paper may say: facts, and the columns of each list; ``optional`` may be left out."""

    facts: tuple[str, ...]
    lists: dict[str, tuple[str, ...]]
    optional: frozenset[str]

    @property
    def all(self) -> tuple[str, ...]:
        """As they are written in the template, a list's columns after its name."""
        return (*self.facts, *(f"{name}.{column}" for name, columns in self.lists.items() for column in columns))

    @property
    def required(self) -> tuple[str, ...]:
        """A template may change look and wording, but leave no fact out that the paper always tells."""
        return tuple(name for name in self.all if name not in self.optional)


def names_of(paper: Paper) -> Names:
    """Of a paper that has every block."""
    facts: dict[str, None] = {}
    lists: dict[str, tuple[str, ...]] = {}
    optional: set[str] = set()
    for block in paper.blocks:
        if isinstance(block, ListTable):
            titles = tuple(column.title for column in block.columns)
            lists[block.name] = titles
            optional |= {f"{block.name}.{title}" for title in titles if block.optional or title == "序号"}
            continue
        for name, _, is_optional in _facts(block):
            facts[name] = None
            optional |= {name} if is_optional else set()
    return Names(tuple(facts), lists, frozenset(optional))


def told(paper: Paper) -> dict[str, str | list[dict[str, str]]]:
    """Each fact by its name; of a list one dictionary for each row."""
    found: dict[str, str | list[dict[str, str]]] = {}
    for block in paper.blocks:
        if isinstance(block, ListTable):
            titles = [column.title for column in block.columns]
            found[block.name] = [dict(zip(titles, row, strict=True)) for row in block.rows]
        else:
            found |= {name: text for name, text, _ in _facts(block)}
    return found


def empty(names: Names) -> dict[str, str | list[dict[str, str]]]:
    """Every name with nothing to tell, for what a single paper does not have."""
    return {**dict.fromkeys(names.facts, ""), **{name: [] for name in names.lists}}


def sample(names: Names) -> dict[str, str | list[dict[str, str]]]:
    """Every name in the place where its fact will stand, lists with three rows."""
    return {
        **{name: f"〔{name}〕" for name in names.facts},
        **{
            name: [
                {column: str(at) if column == "序号" else f"〔{column}{at}〕" for column in columns} for at in (1, 2, 3)
            ]
            for name, columns in names.lists.items()
        },
    }


def template_of(paper: Paper) -> Paper:
    """Our own template: the paper with its placeholders where its facts would stand."""
    return replace(paper, blocks=tuple(_open(block) for block in paper.blocks), fit=paper.fit[:1])


def written(name: str, *, optional: bool = False) -> str:
    """A placeholder as it stands in the template."""
    return f"{{{{ {name}{f'，{OMITTED}' if optional else ''} }}}}"


def _label(text: str) -> str:
    return text.partition(COLON)[0]


def _named(lead: str) -> str:
    """「1.选题：」 is called 选题."""
    return lead.lstrip("0123456789.").rstrip(COLON)


Fact = tuple[str, str, bool]
"""Its name, its text, and whether it may be left out."""


@singledispatch
def _facts(block: object) -> Iterator[Fact]:
    """The named facts of the block; most blocks are fixed wording."""
    yield from ()


@_facts.register
def _(block: Title) -> Iterator[Fact]:
    yield from _one(block.name, block.text)


@_facts.register
def _(block: Text) -> Iterator[Fact]:
    yield from _one(block.name, block.text, block.optional)


@_facts.register
def _(block: Note) -> Iterator[Fact]:
    yield block.name, block.text, True


@_facts.register
def _(block: Addressees) -> Iterator[Fact]:
    yield "主送机关", block.text, False


@_facts.register
def _(block: Cover) -> Iterator[Fact]:
    yield "封面单位", block.unit, False
    yield from ((label.rstrip(COLON), text, False) for label, text in block.facts)


@_facts.register
def _(block: Line) -> Iterator[Fact]:
    for at, text in enumerate(block.texts):
        label, colon, fact = text.partition(COLON)
        yield from (
            [(label, fact, False)] if colon else _one(block.names[at] if at < len(block.names) else "", text, True)
        )


@_facts.register
def _(block: SignatureRow) -> Iterator[Fact]:
    facts: dict[str, str] = {}
    for names, lines in zip(block.names, block.columns, strict=False):
        for name, line in zip(names, lines, strict=False):
            # A long name stands in several lines.
            facts[name] = facts.get(name, "") + line
    yield from ((name, text, False) for name, text in facts.items() if name)


@_facts.register
def _(block: FormTable) -> Iterator[Fact]:
    for row in block.rows:
        yield from _facts_of_row(row)


def _facts_of_row(row: FormRow) -> Iterator[Fact]:
    name = row.name or row.label
    if row.name:
        yield f"{row.name}标签", row.label, False
    if any(item.lead for item in row.value):
        yield from ((_named(item.lead), item.text, item.is_optional) for item in row.value)
    else:
        yield name, "\n".join(item.text for item in row.value), row.optional
    if row.foot:
        yield f"{name}日期", row.foot[-1], False


def _one(name: str, text: str, optional: bool = False) -> Iterator[Fact]:
    if name:
        yield name, text, optional


def _open(block: Block) -> Block:
    """The block with placeholders for its facts."""
    opened = _OPENED.get(type(block))
    return opened(block) if opened else block


def _open_line(block: Line) -> Line:
    texts = tuple(
        f"{_label(text)}{COLON}{written(_label(text))}" if COLON in text else written(name, optional=True)
        for text, name in zip(block.texts, (*block.names, *("",) * len(block.texts)), strict=False)
    )
    return replace(block, texts=texts)


def _open_row(row: FormRow) -> FormRow:
    name = row.name or row.label
    if any(item.lead for item in row.value):
        value = tuple(replace(item, text=written(_named(item.lead), optional=item.is_optional)) for item in row.value)
    else:
        value = (Paragraph(written(name, optional=row.optional)),)
    foot = (*row.foot[:-1], written(f"{name}日期")) if row.foot else ()
    return replace(row, label=written(f"{row.name}标签") if row.name else row.label, value=value, foot=foot)


def _open_list(block: ListTable) -> ListTable:
    row = tuple(written(f"{block.name}.{column.title}", optional=block.optional) for column in block.columns)
    return replace(block, rows=(row,))


def _open_signature(block: SignatureRow) -> SignatureRow:
    columns = tuple(
        tuple(written(name) if name else line for name, line in zip((*names, *("",) * len(lines)), lines, strict=False))
        for names, lines in zip((*block.names, *((),) * len(block.columns)), block.columns, strict=False)
    )
    return replace(block, columns=columns)


_OPENED: dict[type, Callable[..., Block]] = {
    Title: lambda block: replace(block, text=written(block.name)) if block.name else block,
    Text: lambda block: replace(block, text=written(block.name, optional=block.optional)) if block.name else block,
    Note: lambda block: replace(block, text=written(block.name, optional=True)),
    Addressees: lambda block: replace(block, text=written("主送机关")),
    Cover: lambda block: replace(
        block,
        unit=written("封面单位"),
        facts=tuple((label, written(label.rstrip(COLON))) for label, _ in block.facts),
    ),
    Line: _open_line,
    SignatureRow: _open_signature,
    FormTable: lambda block: replace(block, rows=tuple(_open_row(row) for row in block.rows)),
    ListTable: _open_list,
}
