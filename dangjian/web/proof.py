"""The proof (身份确认): whoever is at the device proves once more to be the account's owner.

By a code where the account has a second factor, by the password elsewhere; on a page of its own, or at the foot of the
form that asks for it, so that nothing chosen there is lost.
"""

from django.forms import Form
from django.http import QueryDict

from dangjian.foundation import audit
from dangjian.foundation.lifecycle import Refused
from dangjian.people.second_factor import SecondFactor
from dangjian.web import presence
from dangjian.web.forms import take_refusal
from dangjian.web.forms.accounts import CodeForm, OwnPasswordForm
from dangjian.web.middleware import Asked


class Proof:
    """What is asked, and what stands against the answer (at the field of ``form``)."""

    def __init__(self, request: Asked, data: QueryDict | None) -> None:
        self.request = request
        self.factor = SecondFactor.of(request.user)
        self.form: Form = CodeForm(data) if self.factor else OwnPasswordForm(request, data)

    def at_the_foot(self) -> "Proof":
        """For a form that has more on it: the page opens at its head."""
        for field in self.form.fields.values():
            field.widget.attrs.pop("autofocus", None)
        return self

    def is_given(self) -> bool:
        """Whether the answer proves it; noted for the next quarter of an hour, and audited."""
        if not self.form.is_valid():
            return False
        try:
            if self.factor:
                self.factor.accept(self.form.cleaned_data["code"])
        except Refused as refused:
            take_refusal(self.form, refused)
            return False
        presence.note_confirmation(self.request)
        audit.record("account.confirm_identity", self.request.user, by=self.request.person)
        return True
