"""Words that templates need. A builtin of every template."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dangjian.foundation import clock
from dangjian.web.contrast import Line, contrast

register = template.Library()


@register.filter
def day(value: date | datetime | None) -> str:
    """2022年8月15日, in Beijing time."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def moment(value: datetime | None) -> str:
    """8月15日 09:30, with the year where it is another one."""
    if value is None:
        return ""
    at = clock.local(value)
    year = f"{at.year}年" if at.year != clock.today().year else ""
    return f"{year}{at.month}月{at.day}日 {at:%H:%M}"


@register.filter
def fault_count(errors: Mapping[str, Sequence[str]]) -> int:
    """How many lines the errors of a form are: one field, or the whole form, may have several."""
    return sum(len(told) for told in errors.values())


@register.filter
def marked(text: str, words: Iterable[str]) -> SafeString:
    """The text with each of the words marked, whatever its case."""
    found = [re.escape(word) for word in words]
    if not found:
        return format_html("{}", text)
    parts = re.split(f"({'|'.join(found)})", str(text), flags=re.IGNORECASE)
    # Every second part is one of the words.
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if number % 2 else part,) for number, part in enumerate(parts))
    )


@register.filter
def unbroken(text: str) -> SafeString:
    """The text with lines ending after its 、 alone: 「赞成 7 票、」 is not torn apart in a narrow column."""
    parts = [part for part in re.split("(?<=、)", text) if part]
    return format_html_join("", '<span class="nowrap">{}</span><wbr>', ((part,) for part in parts))


@register.simple_tag(name="contrast")
def contrasted(before: str, after: str) -> tuple[list[Line], list[Line]]:
    """Both sides of a contrast, for ``parts/side.html``."""
    return contrast(before, after)
