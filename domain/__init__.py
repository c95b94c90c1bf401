"""The rules of Concord: pure, with no input, output, clock or framework."""
