"""Calls that cost little: programs on arrays that stay, and whole steps of training.

`entry` (a call that has nothing to convert), `method` (native code as a builtin of
Python), `sequence` and `walk` (steps, batch after batch), `objects` (where Python's
objects have what native code reads).
"""
