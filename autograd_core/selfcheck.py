"""The table checks itself, once at import, and every row that a user adds.

The one idea: run each rule on a number that knows nothing but which operations
were asked of it. A rule that branches, compares, uses a float constant, or
names something that is not a row cannot get through, so the vocabulary is
closed under differentiation and every order of derivative exists.
"""

from collections.abc import Iterable
from typing import Any, NoReturn

from .errors import PrimitiveError
from .primitives import CONSTANTS, TABLE, Primitive

__all__ = ["check_row", "check_table"]


class _Probe:
    # Stands for any number; every operation on it gives another one.
    def _operate(self, *others: Any) -> "_Probe":
        for other in others:
            if type(other) not in (int, _Probe):
                raise PrimitiveError(
                    f"a rule may use integers and named constants only, not {other!r}"
                )
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _operate
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = _operate

    def _refuse(self, *others: Any) -> NoReturn:
        raise PrimitiveError(
            "a rule may not branch or compare; use m.step, m.greater or m.where"
        )

    __bool__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = _refuse
    __hash__ = None  # type: ignore[assignment]

    def __float__(self) -> NoReturn:
        raise PrimitiveError("a rule must use m.exp and the like, not the math module")


class _ProbeColumn:
    def __getattr__(self, name: str) -> Any:
        if name in CONSTANTS:
            return _Probe()
        if name not in TABLE:
            raise PrimitiveError(f"a rule uses m.{name}, which is not a primitive")
        row = TABLE[name]

        def call(*operands: Any, **attributes: Any) -> Any:
            _Probe()._operate(*operands)
            row.bind(attributes)
            if row.arity not in (-1, len(operands)):
                raise PrimitiveError(
                    f"m.{name} takes {row.arity} operands, got {len(operands)}"
                )
            return [_Probe()] * len(operands) if row.multiple else _Probe()

        return call


_OPERANDS = 4  # of a variadic row, even because `dot` takes two vectors


def check_row(row: Primitive) -> None:
    """Check the shape and the vocabulary of every formula of ``row``.

    Raises
    ------
    PrimitiveError
        Naming the row and the rule that it breaks.
    """
    try:
        member = row.bind(dict.fromkeys(row.attributes, 1))
        for rules in (member.partials, member.shown):
            if rules is not None:
                _check_partials(member, rules)
        if member.formula is not None:
            n = _OPERANDS if row.variadic else row.arity
            _numbers(member.formula(_ProbeColumn(), *[_Probe()] * n))
    except (PrimitiveError, TypeError, ValueError, AttributeError) as error:
        raise PrimitiveError(f"primitive '{row.name}': {error}") from error


def _check_partials(row: Primitive, rules: Any) -> None:
    m, x = _ProbeColumn(), _Probe()
    if not row.variadic:
        if len(row.domain) != len(rules) and row.domain != Primitive.domain:
            raise PrimitiveError(f"{len(rules)} partials, {len(row.domain)} domains")
        for rule in rules:
            if rule is not None:
                _numbers([rule(m, *[x] * len(rules), x)])
        return
    xs = (x,) * _OPERANDS
    found = rules(m, xs, xs if row.multiple else x)
    lines = found if row.multiple else [found]
    if row.multiple and len(lines) != _OPERANDS:
        raise PrimitiveError(f"{len(lines)} rows of partials for {_OPERANDS} outputs")
    for line in lines:
        if len(line) != _OPERANDS:
            raise PrimitiveError(f"{len(line)} partials for {_OPERANDS} operands")
        _numbers(line)


def _numbers(found: Any) -> None:
    for number in found if isinstance(found, Iterable) else [found]:
        _Probe()._operate(number)


def check_table() -> None:
    """Check every row; called when the package is imported."""
    for row in TABLE.values():
        check_row(row)
