"""Read-only answers that cross packages."""
