"""Forms check shape; verbs check right, state and rules."""

from django import forms

from dangjian.foundation.lifecycle import Refused


def take_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Show each reason of a refusal at its field, or at the top of the form where it has none here."""
    for reason in refused.reasons:
        form.add_error(reason.field if reason.field in form.fields else None, reason.text)
