"""`Index`: an int of a function that is being traced.

What one can do with this file: nothing by itself; `take` and the rules for a class as
a target know an `Index` when they see one.

The one idea: ``table[i]`` needs the int itself, so in a compiled program it would be
that of one example. An `Index` computes like a number and refuses to be an int.
"""

from typing import Any, NoReturn

from .errors import TraceError
from .value import Value, refuse_if_traced

__all__ = ["Index"]


class Index:
    """An int of a function that is being traced.

    It computes like the Value of that int. What would need the int itself is refused.

    Attributes
    ----------
    value
        The int as a number, which wants no gradient.
    place
        Which of the inputs it is.
    tape
        What is being written.
    """

    __slots__ = ("place", "tape", "value")

    def __init__(self, value: Value, place: int, tape: Any) -> None:
        self.value, self.place, self.tape = value, place, tape

    def __repr__(self) -> str:
        return f"<index, input {self.place}>"

    def _refuse(self, *_: Any) -> NoReturn:
        refuse_if_traced(
            "an index has no value while a function is traced; table[i] would freeze "
            "the entry of one example, take(table, i) does not"
        )
        raise TraceError("an index outlived its trace")

    __index__ = __int__ = __float__ = __bool__ = __hash__ = _refuse


def _like_the_value(name: str) -> Any:
    plain = getattr(Value, name)

    def method(self: Index, *others: Any) -> Any:
        values = [x.value if x.__class__ is Index else x for x in others]
        return plain(self.value, *values)

    method.__name__ = name
    return method


for _name in (
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv"),
    *("pow", "rpow", "neg", "pos", "abs", "lt", "le", "gt", "ge", "eq"),
):
    setattr(Index, f"__{_name}__", _like_the_value(f"__{_name}__"))
