"""What an operator types. Each command prints what it did or found, with the remedy, and returns an exit code."""
