"""What follows from one thing for another: an event in, acts on other aggregates out."""
