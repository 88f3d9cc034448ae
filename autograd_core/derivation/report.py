"""What was found, for reading: as text, as HTML in a notebook, as JSON.

What one can do with this file: ask a `Report` for its verdicts and for the first
wrong step; print it.

The one idea: every sentence is made from the fields of a `Verdict`, so a program can
ask for the same things that a reader sees. All text of the reader's is escaped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

from .witness import Witness

__all__ = ["AGREES", "PROVED", "UNCHECKABLE", "WRONG", "Report", "Verdict"]

PROVED, AGREES = "proved", "agrees"
WRONG, UNCHECKABLE = "wrong", "not checkable"


@dataclass(frozen=True)
class Verdict:
    """What was found about one claim.

    Attributes
    ----------
    line, column
        Where its right side begins in the text, from 1.
    claim
        The equation as it was written.
    kind
        "proved", "agrees", "wrong" or "not checkable".
    points
        At how many points both sides were compared, all indices together.
    difference
        The largest relative difference there.
    exact
        Whether a proof or fractions decided, and no digits were lost.
    confirmed
        Whether independent references confirmed the engine at those points.
    witness
        For a wrong claim, a point and both sides at it.
    right
        For a wrong claim, the right equation, in the language of the text; empty
        if none was found that is short enough to be printed.
    slip
        For a wrong claim, the likely slip, or empty.
    note
        Why a claim is not checkable; or where it is undefined.
    """

    line: int
    column: int
    claim: str
    kind: str
    points: int = 0
    difference: float = 0.0
    confirmed: bool = True
    witness: Witness | None = None
    right: str = ""
    slip: str = ""
    note: str = ""
    exact: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it is proved or agrees."""
        return self.kind in (PROVED, AGREES)

    def sentences(self) -> Iterator[tuple[str, str]]:
        """(heading, text) for each thing there is to say."""
        points = f"{self.points} point{'s' if self.points != 1 else ''}"
        if self.is_right:
            within = "exactly" if self.exact else "equal in all digits computed"
            if self.difference:
                within = f"within {self.difference:.0e}"
            says = f"at {points}, {within}"
            if not self.confirmed:
                says += "; no independent reference can run the definitions"
            yield self.kind, says
        if self.kind == UNCHECKABLE:
            yield self.kind, self.note
        elif self.note:
            yield "note", self.note
        if self.witness is not None:
            yield WRONG, _at(self.witness)
            yield "right", self.right or "no short formula was found"
        if self.slip:
            yield "likely slip", self.slip

    def to_dict(self) -> dict[str, Any]:
        """The fields, with fractions as text, ready for JSON."""
        found = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name != "witness"
        }
        w = self.witness
        found["witness"] = w and {
            "point": {name: _json(x) for name, x in w.point.items()},
            "claimed": _json(w.claimed),
            "right": _json(w.right),
            "exact": w.exact,
            "indices": dict(w.indices),
        }
        return found


@dataclass(frozen=True)
class Report:
    """The verdicts on a derivation; ``str()`` prints it, a notebook shows a table.

    Attributes
    ----------
    verdicts
        One for each claim, in the order of the text.
    inputs
        The names that have no definition: they may be anything.
    """

    verdicts: tuple[Verdict, ...]
    inputs: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every claim is proved or agrees."""
        return all(verdict.is_right for verdict in self.verdicts)

    @property
    def first_wrong(self) -> Verdict | None:
        """The first wrong step of the derivation, if there is one."""
        return next((v for v in self.verdicts if v.kind == WRONG), None)

    @property
    def summary(self) -> str:
        """The counts, and which step is the first wrong one."""
        kinds = [v.kind for v in self.verdicts]
        counts = [
            f"{kinds.count(kind)} {kind}"
            for kind in (PROVED, AGREES, WRONG, UNCHECKABLE)
            if kind in kinds
        ]
        claims = f"{len(kinds)} claim{'s' if len(kinds) != 1 else ''}"
        text = f"{claims}: {', '.join(counts)}" if counts else "no claims"
        if self.first_wrong is not None:
            text += f"; the first wrong step is in line {self.first_wrong.line}"
        return text

    def __str__(self) -> str:
        lines = [f"inputs: {', '.join(self.inputs) or 'none'}"]
        for verdict in self.verdicts:
            lines.append(f"line {verdict.line}: {verdict.claim}")
            first = "first wrong step: " if verdict is self.first_wrong else ""
            lines += [
                f"    {heading}: {first if heading == WRONG else ''}{text}"
                for heading, text in verdict.sentences()
            ]
        return "\n".join([*lines, self.summary])

    def __repr__(self) -> str:
        return f"<Report {self.summary}>"

    def to_dict(self) -> dict[str, Any]:
        """The whole report, ready for JSON."""
        first = self.first_wrong
        return {
            "ok": self.ok,
            "summary": self.summary,
            "inputs": list(self.inputs),
            "first_wrong": None if first is None else self.verdicts.index(first),
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
        }

    def to_html(self) -> str:
        """The report as an HTML fragment; all text is escaped."""
        rows = []
        for verdict in self.verdicts:
            mark = verdict.kind.replace(" ", "-")
            if verdict is self.first_wrong:
                mark += " first-wrong"
            says = "<br>".join(
                f"<b>{escape(heading)}</b>: {escape(text)}"
                for heading, text in verdict.sentences()
            )
            rows.append(
                f'<tr class="{mark}"><td>{verdict.line}</td>'
                f"<td><code>{escape(verdict.claim)}</code></td><td>{says}</td></tr>"
            )
        head = "<tr><th>line</th><th>claim</th><th>verdict</th></tr>"
        return (
            f'<div class="derivation"><p>{escape(self.summary)}</p>'
            f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table></div>"
        )

    def _repr_html_(self) -> str:
        return self.to_html()


def _at(witness: Witness) -> str:
    point = ", ".join(f"{name} = {_number(x)}" for name, x in witness.point.items())
    both = f"claimed {_number(witness.claimed)}, right {_number(witness.right)}"
    if point:
        both = f"at {point}: {both}"
    return f"for {_indices(witness)}, {both}" if witness.indices else both


def _indices(witness: Witness) -> str:
    return ", ".join(f"{name} = {n}" for name, n in witness.indices.items())


def _number(x: Fraction | float) -> str:
    return str(x) if isinstance(x, Fraction) else f"{x:.10g}"


def _json(x: Fraction | float) -> str | float:
    return str(x) if isinstance(x, Fraction) else x
