"""Imbalance periods: one deed, one file; what follows from them for other things is in policies.py."""
