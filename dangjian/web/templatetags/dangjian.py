"""Words that templates need. A builtin of every template."""

from datetime import date, datetime

from django import template

from dangjian.foundation import clock

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
