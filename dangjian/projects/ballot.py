"""The ballot (表决) on one item of a meeting: how many were for it, and who stood aside."""

from __future__ import annotations

from django.db import models


class Ballot(models.Model):
    """The part of a decision that says how it came about."""

    votes_for = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    recused = models.CharField("回避", max_length=120, blank=True)
    recusal_reason = models.CharField("回避原因", max_length=200, blank=True)
    stand_in = models.CharField("代行人", max_length=40, blank=True)

    class Meta:
        abstract = True

    @property
    def votes_text(self) -> str:
        """「赞成 7 票、反对 0 票、弃权 0 票」, or nothing where no vote was counted."""
        if self.votes_for is None:
            return ""
        return f"赞成 {self.votes_for} 票、反对 {self.votes_against or 0} 票、弃权 {self.abstentions or 0} 票"

    @property
    def recusal_text(self) -> str:
        """「张建国回避（原因），由王强代行」, or nothing where nobody stood aside."""
        if not self.recused:
            return ""
        reason = f"（{self.recusal_reason}）" if self.recusal_reason else ""
        return f"{self.recused}回避{reason}" + (f"，由{self.stand_in}代行" if self.stand_in else "")
