"""The interface for programs: the same verbs and querysets as the pages, as JSON, with a personal token."""
