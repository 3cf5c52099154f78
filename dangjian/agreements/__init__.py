"""Agreements: the letter of responsibility (责任书, 附件2) between a unit's committee and a branch, and its signatures."""
