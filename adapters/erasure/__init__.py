"""Erasing: what makes a person's words unreadable and their rows go, step by step, however often it is cut off."""
