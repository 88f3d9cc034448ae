"""`Module`: something with parameters that turns a sample into an answer.

What one can do with this file: write a model as a class with Values, lists of Values
and other modules as attributes and a method ``forward``; list, name, freeze, copy,
pickle, save and load its parameters; see it as a tree.

The one idea: a module is an ordinary object. Its parameters are found among its
attributes (`tables.py`), each Value once, in the order in which the attributes were
set; nothing has to be registered, and ``super().__init__()`` need not be called.
Calling a module runs ``forward`` in a scope of its name, so drawings fold by module.

Source: the surface is that of micrograd (A. Karpathy 2020) and, beyond it, PyTorch's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Self

from autograd_core import Value, scope

from . import display, naming, state
from .substitute import substituted
from .tables import entries, members

__all__ = ["Module"]


class Module:
    """The base of every layer and model.

    Attributes
    ----------
    training
        True after `train` and from the beginning, False after `eval`.
    letters
        For authors of layers: attribute -> the letter that its entries have in
        drawings, ``{"weight": "w"}``. See `name_parameters`.
    buffers
        For authors of layers: names of attributes with plain numbers that belong to
        the state, as the centres of `RBF`.

    Examples
    --------
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.start = Value(2.0), Value(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.start
    >>> line = Line()
    >>> y = line(3.0)
    >>> y.backward()
    >>> y.data, [(name, p.grad) for name, p in line.named_parameters()]
    (7.0, [('slope', 3.0), ('start', 1.0)])
    """

    training: bool = True
    letters: ClassVar[Mapping[str, str]] = {}
    buffers: ClassVar[tuple[str, ...]] = ()
    _title: str | None = None
    _substitutes: list[tuple[str, Any]] | None = None

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """``forward`` in a scope of this module's name."""
        with scope(self._title or type(self).__name__, self.formula()):
            return self.forward(*inputs, **options)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """What the module computes; written by each class.

        Plain code over numbers, without ``.data``, ``float()`` and ``if`` on data, runs
        on every kind of number and can be traced.

        Raises
        ------
        NotImplementedError
            If the class has none.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no forward(); write one, or __call__"
        )

    def formula(self) -> str:
        """What the module computes, for the reader of a drawing; "" if unsaid."""
        return ""

    # -- what it consists of -----------------------------------------------------------

    def named_modules(self) -> Iterator[tuple[str, "Module"]]:
        """Each module in this one with its dotted name, itself (``""``) first.

        A module that is used twice has its first name.
        """
        return _walk("", self, set())

    def modules(self) -> list["Module"]:
        """The module itself and all in it, each once, outer ones first."""
        return [module for _, module in self.named_modules()]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter once, as ``("layers.0.weight[2][3]", value)``.

        Indices begin at 0, as in Python. The order is that of the attributes, layer by
        layer; of a linear layer unit by unit, first its weights, then its bias.
        """
        seen: set[int] = set()
        for path, module in self.named_modules():
            for name, value in module.own_parameters():
                if id(value) not in seen:
                    seen.add(id(value))
                    yield joined(path, name), value

    def own_parameters(self) -> Iterator[tuple[str, Value]]:
        """The parameters that are attributes of this module itself, with names."""
        for name, table in self.own_tables():
            yield from entries(name, table)

    def own_tables(self) -> Iterator[tuple[str, Any]]:
        """The attributes of this module itself that are parameters, whole."""
        if self._substitutes is not None:
            yield from self._substitutes
            return
        for name, thing in members(self, Module):
            if not isinstance(thing, Module):
                yield name, thing

    def children(self) -> Iterator[tuple[str, "Module"]]:
        """The modules that are attributes of this one, with names."""
        for name, thing in members(self, Module):
            if isinstance(thing, Module):
                yield name, thing

    def parameters(self) -> list[Value]:
        """All parameters, each once, in the order of `named_parameters`."""
        return [value for _, value in self.named_parameters()]

    def with_parameters(self, values: Sequence[Any]) -> AbstractContextManager[None]:
        """A context manager in which the model computes with other parameters.

        Parameters
        ----------
        values
            One Value or number for each of `parameters`, in that order.

        Raises
        ------
        TypeError
            If ``values`` is not a list.
        ValueError
            If their number is not that of the parameters.

        Examples
        --------
        >>> from autograd_core import hessian
        >>> from nn import Linear, half_squared_error
        >>> line = Linear(1, 1, init="zeros")
        >>> def loss_of(theta):
        ...     with line.with_parameters(theta):
        ...         return half_squared_error([line(1.0), line(2.0)], [[1.0], [3.0]])
        >>> hessian(loss_of)([p.data for p in line.parameters()])
        [[2.5, 1.5], [1.5, 1.0]]
        """
        return substituted(self, values)

    # -- switches ----------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero.

        Computed Values keep theirs: ``backward`` overwrites it, and adds to those of
        leaves only.
        """
        for p in self.parameters():
            p.zero_grad()

    def freeze(self) -> Self:
        """Ask for no gradient of any parameter; returns the module."""
        for p in self.parameters():
            p.requires_grad = False
        return self

    def unfreeze(self) -> Self:
        """Ask for the gradients again; returns the module."""
        for p in self.parameters():
            p.requires_grad = True
        return self

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and in all modules inside; returns the module."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """``train(False)``."""
        return self.train(False)

    # -- state -------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The numbers of every parameter table, and of the buffers, by dotted name.

        Returns
        -------
        dict
            ``{"layers.0.weight": [[0.1, ...], ...], ...}``: nested lists of plain
            numbers, copies; a table that only repeats Values of earlier ones is left
            out. What JSON can hold, if the numbers are floats.

        Examples
        --------
        >>> from nn import Linear
        >>> Linear(2, 1, init="zeros").state_dict()
        {'weight': [[0.0, 0.0]], 'bias': [0.0]}
        """
        return state.collected(self)

    def load_state_dict(self, numbers: Mapping[str, Any]) -> None:
        """Set all parameters and buffers to the numbers of a `state_dict`.

        Parameters
        ----------
        numbers
            A table for each name of `state_dict`, no more and no fewer: nested lists,
            tuples or arrays of the same shape.

        Raises
        ------
        TypeError
            If ``numbers`` is not a mapping.
        ValueError
            If a name is unknown or missing, a table has another shape, or an entry is
            not a finite number of the parameter's kind. The message names all of
            these, and nothing was changed.
        """
        state.load(self, numbers)

    # -- text --------------------------------------------------------------------------

    def name_parameters(self) -> Self:
        """Give each parameter its short name for drawings; returns the module.

        w₂₃ is the weight of unit 2 for input 3, as in the notes. Where several modules
        have parameters, the number of the module stands above, and is no power: w¹₂₃.
        MLP and Sequential do this when they are made; call it for a model of your own.
        Only layers that say their ``letters`` take part.
        """
        naming.name(self)
        return self

    def described(self) -> str:
        """The module in a few words, as ``Linear(2, 16)``, without those inside."""
        return type(self).__name__

    def summary(self) -> str:
        """The tree of modules as text, with the number of parameters of each.

        Examples
        --------
        >>> from nn import MLP
        >>> print(MLP(2, [3, 1], seed=0).summary())
        MLP(2, [3, 1]): 13 parameters
        ├─ layers.0: Layer(2, 3, relu): 9 parameters
        └─ layers.1: Layer(3, 1, identity): 4 parameters
        """
        return display.text_tree(self)

    def __repr__(self) -> str:
        inside = next(self.children(), None)
        return self.described() if inside is None else self.summary()

    def _repr_html_(self) -> str:
        return display.html_tree(self)


def joined(path: str, name: str) -> str:
    """``path.name``, or the name alone at the top."""
    return f"{path}.{name}" if path else name


def _walk(path: str, module: Module, seen: set[int]) -> Iterator[tuple[str, Module]]:
    if id(module) in seen:
        return
    seen.add(id(module))
    yield path, module
    for name, child in module.children():
        yield from _walk(joined(path, name), child, seen)
