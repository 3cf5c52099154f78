"""The vote on one item of a meeting, as programs tell it: with the meeting, or with the decision on a plan itself."""

from __future__ import annotations

from ninja import Field

from dangjian.api.typed import Sent, Text
from dangjian.projects.ballot import Tally


class TallyIn(Sent):
    """How the vote went and who stood aside."""

    votes_for: int | None = Field(None, ge=0, le=999, description="赞成票数")
    votes_against: int | None = Field(None, ge=0, le=999, description="反对票数")
    abstentions: int | None = Field(
        None, ge=0, le=999, description="弃权票数，未表决的计入；三项合计等于可以表决的人数"
    )
    recused: Text = Field("", description="回避人姓名")
    recusal_reason: Text = Field("", description="回避原因")
    stand_in: Text = Field("", description="代为办理的人")

    @property
    def tally(self) -> Tally:
        return Tally(**{name: getattr(self, name) for name in TALLY})


TALLY = set(TallyIn.model_fields)
