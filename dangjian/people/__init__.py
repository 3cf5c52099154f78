"""Who works where, and who may do what."""
