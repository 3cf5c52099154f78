"""The browser of the page tests, for questions that have a page of their own."""

from tests.web.conftest import browse  # noqa: F401
