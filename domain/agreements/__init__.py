"""Accountability agreements: their text, their life, and what can happen to them."""
