"""The form of an edited template."""

from django import forms

from dangjian.papers.template import MOST_BYTES
from dangjian.web.forms import Line


class PaperTemplateForm(forms.Form):
    file = forms.FileField(
        label="改好的模板", help_text=f"只收 .docx，最大 {MOST_BYTES // 1024 // 1024} MB；上传后先检查、预览，确认后才启用",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )  # fmt: skip
    note = Line(label="修改说明", required=False, max_length=200, help_text="改了什么，供以后查看")
