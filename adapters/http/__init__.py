"""The thin HTTP adapter: who asks, is the form right, which deed, and how its answer is written."""
