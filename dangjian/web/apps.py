"""The pages as an installed app, for their templates and static files, and in plain words."""

from django import forms
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core import validators


class WebConfig(AppConfig):
    name = "dangjian.web"

    def ready(self) -> None:
        # Tables are there only now.
        from dangjian.overview import binding, company_table  # noqa: PLC0415
        from dangjian.overview.download import MAKERS  # noqa: PLC0415
        from dangjian.web import project_list  # noqa: PLC0415
        from dangjian.web.presence import note_sign_in  # noqa: PLC0415

        MAKERS["binder"] = binding.made
        MAKERS[company_table.KIND] = company_table.made
        MAKERS["projects"] = project_list.workbook
        user_logged_in.connect(note_sign_in)
        # The library's own sentences (「确保该变量包含不超过 60 字符」) are not what a person would say.
        forms.Field.default_error_messages["required"] = "请填写"
        forms.ChoiceField.default_error_messages["required"] = "请选择"
        forms.ModelChoiceField.default_error_messages["required"] = "请选择"
        forms.ChoiceField.default_error_messages["invalid_choice"] = "请从列出的选项中选择"
        forms.ModelChoiceField.default_error_messages["invalid_choice"] = "请从列出的选项中选择"
        forms.IntegerField.default_error_messages["invalid"] = "请填整数"
        forms.DateField.default_error_messages["invalid"] = "请填日期，如 2022-08-15"
        forms.FileField.default_error_messages["required"] = "请选择文件"
        forms.FileField.default_error_messages["empty"] = "文件是空的，请重新选择"
        forms.FileField.default_error_messages["max_length"] = "文件名太长"
        validators.MaxLengthValidator.message = "最多 %(limit_value)d 字，现有 %(show_value)d 字"
        validators.MinValueValidator.message = "不能小于 %(limit_value)s"
        validators.MaxValueValidator.message = "不能大于 %(limit_value)s"
