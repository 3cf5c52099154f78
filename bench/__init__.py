"""The bench: how fast the pages are with 10,000 projects, beside their bare SQL and a constant page."""
