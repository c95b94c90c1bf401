"""The deeds on agreements, one to a file, and how an agreement is shown."""
