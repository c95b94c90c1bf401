"""Deeds and questions about what is said under an agreement: updates, asks, escalations, notes, adherence."""
