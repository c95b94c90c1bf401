"""What waits for somebody, across everything that they are a part of."""
