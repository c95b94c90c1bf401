"""The deeds on people: founding an organisation, adding, inviting, leading, leaving, tokens, absences."""
