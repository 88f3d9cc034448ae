"""Loops over a batch in plain Python: one sample's program over lanes."""
