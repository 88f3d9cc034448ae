"""Derivatives of a tape, as a longer tape; of matrices, the entries that there are."""
