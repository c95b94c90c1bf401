"""Deliberate, time-boxed imbalance: its periods, and each person's calendar of them."""
