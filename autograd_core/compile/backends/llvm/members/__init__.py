"""Large tapes of few rows: loops over equal operations.

`runs` (in which order they lie), `members` (where numbers lie, and the steps), `tiles`
(sums of products), `loops` (the text).
"""
