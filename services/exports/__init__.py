"""Writing out what is here, one JSON object a line."""
