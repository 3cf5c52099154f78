"""Whatever is sent, nothing breaks: every operation of the description, with requests made from it and against it."""

import json
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode

from dangjian.api.site import api
from tests.cast import Cast, a_draft, a_screened, a_submitted

SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
SCHEMA.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
ROUNDS = hypothesis.settings(
    max_examples=5,
    derandomize=True,  # the same requests every time: a failure can be looked into
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture
def asking(cast: Cast, program: Callable[..., Any]) -> Any:
    """A company officer's program, who sees all; a project in each state is there to be hit."""
    for make in (a_draft, a_submitted, a_screened):
        make(cast)
    return program(cast.people.company_officer)


# The stricter of the two databases, once.
@pytest.mark.postgres
@SCHEMA.parametrize()
@ROUNDS
def test_no_request_breaks_the_server(case: Any, asking: Any) -> None:
    sent = case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
    answer = asking.client.generic(
        case.method,
        case.formatted_path,
        json.dumps(sent, default=repr),
        "application/json",
        query_params=case.query or {},
    )
    declared = {*case.operation.definition.raw["responses"], "405"}  # 405: another method, which is no operation
    assert str(answer.status_code) in declared
