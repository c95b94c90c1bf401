"""What was told under an agreement: updates, escalations, notes, and what was expected when."""
