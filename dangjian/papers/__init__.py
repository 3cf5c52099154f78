"""Official papers: blocks drawn as Word and as PDF. Knows no Party work."""
