"""Bringing in what offices already have: old ledgers and filled forms. Its readers need neither settings nor database."""
