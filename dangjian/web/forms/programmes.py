"""The form of a scheme."""

from typing import Any

from django import forms

MOST_BYTES = 1024 * 1024


class SchemeForm(forms.Form):
    """A scheme file, or the present one for another year."""

    file = forms.FileField(
        label="方案文件",
        required=False,
        help_text="下载的方案文件改好后传回；不传文件则沿用现行方案",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.txt"}),
    )
    year = forms.IntegerField(
        label="计划年度", required=False, min_value=2000, max_value=2100, help_text="沿用现行方案、只换年度时填写"
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    opens = forms.BooleanField(label="同时开启该年度", required=False, help_text="到申报开始之日，支部即可申报")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(key) for key in ("file", "text", "year")) and not self.errors:
            self.add_error("file", "请上传方案文件，或填写要沿用现行方案的年度")
        return cleaned

    def clean_file(self) -> str:
        """The text of the file; empty where none was sent."""
        sent = self.cleaned_data["file"]
        if not sent:
            return ""
        if sent.size > MOST_BYTES:
            raise forms.ValidationError("方案文件不应超过 1 MB")
        try:
            return str(sent.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("文件不是 UTF-8 文本，请用记事本另存为 UTF-8 编码") from None
