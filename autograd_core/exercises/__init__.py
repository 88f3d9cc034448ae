"""Exercises in the chain rule: `exercise` asks, `grade_exercise` marks.

What one can do with this package: print a worksheet with a small random graph, fill
its blanks in with an editor (values, local derivatives, gradients), and have it marked,
with a hint for each wrong answer that names the path, the factor or the sign.

>>> from autograd_core import exercise, grade_exercise
>>> made = exercise(2, seed=4)
>>> for line in str(made).splitlines()[1:10]:
...     print(line)
# A quantity that is used twice, where gradients add.
#
# Given
#   x = -4
#   y = -3
#   z = -7
# Computed
#   u = x + y
#   v = z + u
>>> grade_exercise(str(made))
<Grade level 2, seed 4: 0 of 14 right, 14 empty>

The path of the data: `levels` draws graphs as text; `blanks` records them with the
engine and reads the answers off; `judge` keeps the good ones; `worksheet` writes and
`problem` holds it all together; `reading` reads what was filled in, `learner` computes
from its numbers, `hints` tries `slips` and `path_slips`, `grading` reports. `page` is
the printable form.
"""

from .grading import Grade, Mark, grade_exercise
from .levels import LEVELS
from .page import page
from .problem import MAX_SEED, Exercise, exercise

__all__ = [
    "LEVELS",
    "MAX_SEED",
    "Exercise",
    "Grade",
    "Mark",
    "exercise",
    "grade_exercise",
    "page",
]
