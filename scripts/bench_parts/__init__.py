"""What `scripts/bench` is made of: a load generator, servers to load, limits to compare with, a table."""
