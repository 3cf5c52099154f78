"""The state of a scheme notice: it stands, or it was revoked. Its own file, for the receipt asks for it too."""

from django.db import models


class NoticeState(models.TextChoices):
    ISSUED = "issued", "已印发"
    REVOKED = "revoked", "已撤销"
