"""How anything moves, is recorded, told, filed, dated and numbered. Knows no Party work."""
