"""Databases of their own for the commands that set a system up."""

import pytest

from tests.management.installation import Installation


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Tables and nothing in them. To be copied, not used."""
    made = Installation(tmp_path_factory.mktemp("empty"))
    done = made.run("migrate", "--noinput")
    assert done.returncode == 0, done.stderr
    return made
