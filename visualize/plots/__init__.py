"""Plots where people would rather look than read.

What one can do with this package: `contour` with the paths of a descent over it and
`saddle` with the eigenvectors of a Hessian; `curve` with tangents, `lines`, `losses`
over steps, `fit` of a curve to data with its band; `boundary` between classes and
`matrix` with its numbers. Each returns an ``<svg>`` element for a file or a page.

The one idea: a plot is drawn by matplotlib and then made fit for a page
(`canvas.py`). Needs matplotlib, which is imported when a plot is drawn.
"""

from .classes import boundary, matrix
from .curves import curve, fit, lines, losses
from .landscapes import contour, saddle

__all__ = [
    "boundary",
    "contour",
    "curve",
    "fit",
    "lines",
    "losses",
    "matrix",
    "saddle",
]
