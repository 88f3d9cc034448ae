"""A row of the table as vector code: the float kernel's own Python, read for lanes.

`lanes` are the numbers, `kernels` and `syntax` read, `library` says what `math` is,
`elementary` has the vector functions of ``numerics="fast"``, `libm` those of the
system; `rows` is asked for each row.
"""
