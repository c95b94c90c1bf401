"""People, as far as the rules need them: standing, leaders, absences."""
