"""Everything a year configures: the scheme (方案), its round, its approvals."""
