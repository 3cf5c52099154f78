"""Forms of signing in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from dangjian.people.account import Account


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "账号或密码不正确，请重新输入（连续错 5 次将锁定 15 分钟）",
        "inactive": "账号或密码不正确，请重新输入（连续错 5 次将锁定 15 分钟）",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["password"].label = "密码"

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="原密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )
    password = forms.CharField(
        label="新密码", help_text="至少 12 位，不要用账号、姓名和常见密码", strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输一遍新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_old(self) -> str:
        if not self.account.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError("原密码不正确")
        return str(self.cleaned_data["old"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "两次输入的新密码不一致")
        return cleaned
