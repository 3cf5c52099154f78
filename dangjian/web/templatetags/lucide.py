"""The tag of the icons' package, each icon drawn once: the package draws it anew for every place on every page."""

from functools import lru_cache

from django import template
from lucide.templatetags.lucide import lucide

register = template.Library()
register.simple_tag(lru_cache(maxsize=2_000)(lucide), name="lucide")
