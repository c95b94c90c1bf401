"""Commitments: one deed to a file, and how a commitment is read and shown."""
