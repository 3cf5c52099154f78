"""The form of 导入台账: one file, whatever the office kept its projects in."""

from django import forms


class LedgerForm(forms.Form):
    file = forms.FileField(
        label="台账文件",
        help_text="汇总表、台账（.xlsx、.xls、.docx）或填好的附件1（.docx），不超过 10 MB；可以把文件拖到这里",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.docx", "class": "form-control drop", "data-send": ""}),
        error_messages={"required": "请选择文件", "empty": "文件里没有内容"},
    )
