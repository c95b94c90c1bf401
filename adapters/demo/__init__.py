"""A filled workspace to look at: a year of a small team, told through the very deeds that people use."""
