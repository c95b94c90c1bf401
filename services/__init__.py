"""The deeds of Concord: each file loads, lets the domain decide, and records."""
