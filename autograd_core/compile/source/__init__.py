"""A program as text that runs by itself."""
