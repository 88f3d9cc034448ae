"""A tape made shorter, and what is left put into groups and matrices."""
