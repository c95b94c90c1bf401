"""Bringing in history from elsewhere, one JSON object a line."""
