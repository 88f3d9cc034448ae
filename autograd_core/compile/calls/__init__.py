"""A call of a program: arguments to arrays, rows to variants, results to containers."""
