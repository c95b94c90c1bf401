"""Following the log: what a projection is, where it stands, who runs it, and how it is built anew."""
