"""Small tapes: straight-line code on vectors of rows.

`plan` (what is done once, what per row, what is fused), `chains` (sums over the same
numbers side by side), `assembly` (the text, in functions of at most 500 operations),
`sums` and `rowwise` (over the rows: fast, and in eager's order), `driver` (the loop
over the rows).
"""
