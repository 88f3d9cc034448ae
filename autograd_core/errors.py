"""The errors that are the engine's own; each is also a built-in one.

A caller who already writes ``except ArithmeticError`` or ``except ValueError``
around numerical code keeps working. Wrong types raise plain ``TypeError`` and
numbers that do not fit raise plain ``OverflowError``.
"""

__all__ = [
    "CheckpointError",
    "ExactnessError",
    "ExpressionError",
    "GradientCheckError",
    "GraphError",
    "GraphvizNotFound",
    "NonFiniteError",
    "PrimitiveError",
    "SingularMatrixError",
    "StaleGraphError",
    "TapeError",
    "TraceError",
]

# What callers of backward() and value_and_grad() can do, and no one else.
CONTINUES = " allow_nonfinite=True continues."


class CheckpointError(ValueError):
    """A file is no whole checkpoint, or not one of this run; nothing was changed."""


class NonFiniteError(ArithmeticError, ValueError):
    """A value or a gradient is NaN or infinite; the message names where it began."""

    def in_training(self) -> "NonFiniteError":
        """The same error with a remedy for who asked for a step, not for a gradient."""
        return NonFiniteError(
            f"{str(self).removesuffix(CONTINUES)} No parameter was moved; a smaller "
            "learning rate or other data may help."
        )


class ExactnessError(TypeError):
    """A number type cannot do this without losing its exactness."""


class GraphError(RuntimeError):
    """The recorded graph does not allow what was asked of it."""


class SingularMatrixError(ValueError):
    """The matrix has no inverse: one of its columns depends on the others."""


class StaleGraphError(GraphError):
    """A value was assigned after the result that depends on it was recorded."""


class GradientCheckError(AssertionError):
    """A derivative disagrees with its independent references."""


class PrimitiveError(ValueError):
    """A row of the table of primitives breaks one of the table's rules."""


class ExpressionError(ValueError):
    """A formula written as text cannot be read; the message gives the column."""


class GraphvizNotFound(RuntimeError):
    """Neither the program ``dot`` nor the package pygraphviz is there."""


class TraceError(TypeError):
    """A function cannot be traced as it stands; the message names the way out."""


class TapeError(RuntimeError):
    """A compiled program breaks a rule of its own: a mistake in this package."""
