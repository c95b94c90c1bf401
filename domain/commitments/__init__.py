"""Commitments: what one side promises another, as a conversation from request or offer to its end."""
