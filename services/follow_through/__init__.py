"""What was kept of what was promised, counted: never ranked, never one figure for a person."""
