"""Delivery: the plan of an established project (实施计划书, 附件3), its filing (附件4), and its running to the end."""
