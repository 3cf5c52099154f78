"""The taxonomy (分类): axes on which a project is tagged, each a list of codes with Chinese labels."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from dangjian.programmes.part import Choice, Clause, Code, Part, Problem, Text, refuse, repeats, unknown


class Item(Choice):
    """One value of an axis."""

    group: Code | None = Field(default=None, description="归到上级分类的哪一项（没有上级时不写）")


class Axis(Part):
    """One way of sorting projects (S-07, S-09, S-10, S-11, S-15, S-16, S-19, S-73)."""

    key: Code = Field(description="分类代码，小写英文，启用后不要改")
    label: Text = Field(description="分类名称")
    clause: Clause = Field(description="依据的条款编号")
    required: bool = Field(description="是否必选：true 必选，false 可不选")
    multiple: bool = Field(description="是否可多选：true 可多选，false 只选一项")
    grouped_by: Code | None = Field(default=None, description="上级分类的代码；写了以后，下面每一项都要写 group")
    items: tuple[Item, ...] = Field(min_length=1, description="可选的各项，可增可删")

    def item(self, code: str) -> Item:
        """Raises KeyError for a code that the axis does not hold."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(f"分类“{self.label}”没有代码「{code}」")

    def items_in(self, group: str) -> tuple[Item, ...]:
        """The values under one value of the axis above."""
        return tuple(item for item in self.items if item.group == group)

    def problems(self) -> Iterator[Problem]:
        yield from repeats((item.code for item in self.items), "code", ("items",))
        for index, item in enumerate(self.items):
            if self.grouped_by and not item.group:
                yield Problem(("items", index), f"这一分类按「{self.grouped_by}」分组，每一项都要写「group」")
            if item.group and not self.grouped_by:
                yield Problem(("items", index, "group"), "这一分类没有上级分类，不要写「group」")


def _lead_somewhere(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    refuse(_axes_problems(axes))
    return axes


def _axes_problems(axes: tuple[Axis, ...]) -> Iterator[Problem]:
    by_key = {axis.key: axis for axis in axes}
    yield from repeats((axis.key for axis in axes), "key")
    for index, axis in enumerate(axes):
        if axis.grouped_by is None:
            continue
        if axis.grouped_by not in by_key:
            yield from unknown((index, "grouped_by"), axis.grouped_by, by_key)
            continue
        codes = [item.code for item in by_key[axis.grouped_by].items]
        for place, item in enumerate(axis.items):
            if item.group:
                yield from unknown((index, "items", place, "group"), item.group, codes)


Taxonomies = Annotated[tuple[Axis, ...], AfterValidator(_lead_somewhere)]
