"""What a program sends, as the database can keep it."""

from __future__ import annotations

from typing import Annotated

from ninja import Path, Schema
from pydantic import AfterValidator, ConfigDict, Field

from dangjian.foundation.plain_text import plain


class Sent(Schema):
    """What is sent, and nothing more: a misspelt name is refused, never silently dropped."""

    model_config = ConfigDict(extra="forbid")


FILE_NUMBER = "file-number"
LONGEST = 20_000  # characters; each field of the scheme has its own, lower bound with its own sentence


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(plain)]
"""A text, without the controls that came along with what was pasted: as the pages take it."""
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A number of a row, as answers tell it."""
PathNumber = Annotated[int, Path(ge=0, le=2**31 - 1, description="编号（id）")]
FileNumber = Annotated[Number, Field(json_schema_extra={"format": FILE_NUMBER})]
"""The number of a file that was sent ahead to ``/api/files``."""
