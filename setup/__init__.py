"""What ``make`` calls: set-up, demo, tests and checks. Standard library only, for it runs before anything is installed."""
