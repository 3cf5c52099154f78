"""The demo: an invented company, told in the files of ``story`` and played through the verbs that pages use."""
