"""Who read what is not theirs: kept for those whose it is."""
