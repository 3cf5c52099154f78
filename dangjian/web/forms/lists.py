"""Forms of the lists."""

from django import forms


class SavedViewForm(forms.Form):
    name = forms.CharField(
        label="名称", max_length=20, strip=True, help_text="显示在项目台账上方，如“本单位待筛选”，最多 20 字。"
    )
