"""One Django app; the packages inside it are plain Python packages."""

from django.apps import AppConfig
from django.db import models


class DangjianConfig(AppConfig):
    name = "dangjian"
    verbose_name = "党建项目化管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Said where a verb refuses a new row; the library's own sentence speaks of fields.
        models.Field.default_error_messages |= {"blank": "请填写", "null": "请填写"}
