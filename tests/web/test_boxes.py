"""The boxes of the forms: none cuts silently what is pasted into it."""

import pkgutil
from importlib import import_module
from inspect import getmembers, isclass

import pytest
from django import forms

from dangjian.web import forms as package
from dangjian.web.forms.briefings import BriefingForm
from dangjian.web.forms.letters import CustodyForm

MODULES = [import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
FORMS = {form for module in MODULES for _, form in getmembers(module, isclass) if issubclass(form, forms.BaseForm)}
SEARCHES = {"q", "who", "code"}  # too long a word to search for finds nothing; a code on a phone is typed again


@pytest.mark.parametrize("form", sorted(FORMS, key=lambda form: form.__name__), ids=lambda form: form.__name__)
def test_no_box_cuts_what_is_pasted(form: type[forms.BaseForm]) -> None:
    boxes = {name: field.widget.attrs for name, field in getattr(form, "base_fields", {}).items()}
    assert {name for name, attrs in boxes.items() if "maxlength" in attrs} <= SEARCHES


def test_a_short_text_that_is_too_long_is_refused_and_kept() -> None:
    pasted = "张" * 41
    form = CustodyForm({"to": pasted, "on": "2022-08-24"})
    assert form.errors["to"] == ["最多 40 字，现有 41 字"]
    assert f'value="{pasted}"' in str(form["to"])
    assert "data-most" in str(BriefingForm.base_fields["title"].widget.attrs)
