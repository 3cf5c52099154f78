"""Forms of signing in, and of one's own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from dangjian.people.account import Account
from dangjian.people.token import LIFETIMES
from dangjian.web.forms import Asking, starred


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["password"].label = "密码"
        wrong = f"账号或密码不正确，请重新输入（{settings.PASSWORD_PROFILE.lock_text}）"
        self.error_messages = dict.fromkeys(("invalid_login", "inactive"), wrong)

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="原密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )
    password = forms.CharField(
        label="新密码", strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输一遍新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["password"].help_text = "；".join(settings.PASSWORD_PROFILE.rules)

    def clean_old(self) -> str:
        if not self.account.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError("原密码不正确")
        return str(self.cleaned_data["old"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "两次输入的新密码不一致")
        return cleaned


class CodeForm(forms.Form):
    """A code from the app on the phone; where ``sheet`` is set, also one of the recovery codes."""

    code = forms.CharField(
        label="动态码", max_length=20, help_text="手机验证器上的 6 位数字",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, sheet: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sheet:
            self.fields["code"].help_text += "，手机不在身边时填一个恢复码"
        else:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


class OwnPasswordForm(forms.Form):
    """One's own password once more. Wrong ones count as those of signing in do."""

    password = forms.CharField(
        label="密码", strip=False, help_text="您登录本系统的密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if authenticate(self.request, username=self.request.user.get_username(), password=password) is None:
            raise forms.ValidationError(f"密码不正确，请重新输入（{settings.PASSWORD_PROFILE.lock_text}）")
        return password


class TokenForm(Asking):
    """What a token is for, how long it lives, and whether it may act."""

    name = forms.CharField(
        label="用途", required=False, help_text="谁用、做什么，便于以后辨认",
        widget=forms.TextInput(attrs={"placeholder": "如：月报自动取数"}),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label="有效期", coerce=int, initial=90, choices=[(days, f"{days} 天") for days in LIFETIMES]
    )
    reads_only = forms.TypedChoiceField(
        label="可以做什么", coerce=lambda text: text == "yes", initial="yes", widget=forms.RadioSelect,
        choices=[("yes", "只能查看"), ("no", "查看和办理，凡您能办的都能办")],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starred(self, "name")
