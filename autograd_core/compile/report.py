"""The report of a program: what was traced, what it costs, what was raised.

The one idea: everything in it is counted or measured on the programs that exist;
printing it is the way to read it.
"""

from collections import Counter
from dataclasses import dataclass

from .calls.variants import Variants
from .tape import CONSTANT, INPUT, PARAMETER, Tape

__all__ = ["Report"]

_FREE = {"item", "identity", "stop", INPUT.name, PARAMETER.name, CONSTANT.name}


@dataclass(frozen=True)
class Report:
    """What `Program.report` returns; prints as text.

    Attributes
    ----------
    operations
        Row -> how often, on the tape of the first trace.
    flops
        Operations of one row: each counts 1, a sum or dot of n numbers its additions
        and multiplications.
    bytes
        Of one row's inputs, parameters and results.
    programs
        For each compiled program what it computes and the lines about its passes.
    variants
        How many ways through the branches were traced.
    """

    operations: dict[str, int]
    flops: int
    bytes: int
    programs: list[tuple[str, list[str]]]
    variants: int

    @classmethod
    def of(cls, variants: Variants) -> "Report":
        """The report of a function that was traced."""
        tape = variants.all[0].traced.tape
        programs = []
        for k, variant in enumerate(variants.all):
            if variant.notes:
                programs.append((f"trace {k}, one row", variant.notes))
            for wanted, made in (*variant.made.items(), *variant.made_of_one.items()):
                summed = ", summed over the rows" if wanted.summed else ""
                title = f"trace {k}: {wanted.kind}{summed} ({wanted.numerics})"
                if made is variant.made_of_one.get(wanted):
                    title += ", re-rolled"
                size = f"{len(made.tape)} instructions, {flops_of(made.tape)} flops"
                programs.append((title, [size, *made.lines()]))
        return cls(
            dict(Counter(row.name for row in tape.rows if row.name not in _FREE)),
            flops_of(tape),
            8 * (len(tape.inputs) + len(tape.parameters) + len(tape.outputs)),
            programs,
            len(variants.all),
        )

    def __str__(self) -> str:
        counts = sorted(self.operations.items(), key=lambda item: (-item[1], item[0]))
        head = (
            f"{sum(self.operations.values())} operations, {self.flops} flops, "
            f"{self.bytes} bytes in and out, {self.variants} traced"
        )
        lines = [head, "  " + ", ".join(f"{name} {count}" for name, count in counts)]
        for title, notes in self.programs:
            lines.append(title)
            lines += [f"  {note}" for note in notes]
        return "\n".join(lines)


def flops_of(tape: Tape) -> int:
    """Floating-point operations of one row."""
    total = 0
    for row, operands in zip(tape.rows, tape.operands, strict=True):
        if row.name == "dot":
            total += len(operands) - 1
        elif row.variadic and not row.multiple:
            total += max(1, len(operands) - 1)
        elif row.multiple:
            total += len(operands)
        elif row.name not in _FREE:
            total += 1
    return total
