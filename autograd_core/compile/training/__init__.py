"""Whole steps of training: gradient, update, and parameters that stay in arrays."""
