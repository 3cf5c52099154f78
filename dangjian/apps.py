"""One Django app; the packages inside it are plain Python packages."""

from django.apps import AppConfig


class DangjianConfig(AppConfig):
    name = "dangjian"
    verbose_name = "党建项目化管理"
    default_auto_field = "django.db.models.BigAutoField"
