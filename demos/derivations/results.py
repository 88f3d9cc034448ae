"""Everything of an article, computed: what the pages show and what the build judges.

What one can do with this file: list the jobs of an article, do them, and read the
failures.

The one idea: every job returns a result that knows by itself whether it is right,
and says in a sentence what is wrong. The build is right if no result complains.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from visualize import Drawing

from .article import Misprint
from .beside import check_beside
from .checks import (
    AGREES,
    DIFFERS,
    RTOL,
    Check,
    check,
    differences,
    distance,
    engine_source,
)
from .frame import Article, Figure
from .readings import Iterate, Limit, Printed, Reading, Readings, Run

__all__ = [
    "CheckedArticle",
    "CheckedLimit",
    "CheckedPrinted",
    "CheckedReadings",
    "CheckedRun",
    "DrawnFigure",
    "Job",
    "jobs",
]

# An iterate has gone through as many roundings as there were steps.
RTOL_RUN = 1e-7
# Slopes and heights end at 0 or at a level; compare them with their largest, too.
FLOOR = 1e-7
# A forward quotient is off by about h times the second derivative.
LIMIT_SLACK = 1e3


class Result(Protocol):
    """What every job returns."""

    @property
    def failures(self) -> list[str]:
        """What is wrong with it, one sentence each."""


Job = Callable[[], Any]


@dataclass(frozen=True)
class CheckedReadings:
    """A table of numbers: per row what the engine and the differences give."""

    table: Readings
    rows: tuple[tuple[Reading, float, Any], ...]

    @property
    def scale(self) -> float:
        """The size of the largest number of the table, for those that are 0."""
        return max(abs(float(precise)) for _, _, precise in self.rows)

    @property
    def differ(self) -> list[bool]:
        """Per row whether the two disagree."""
        return [not distance(a, b, self.scale) <= RTOL for _, a, b in self.rows]

    @property
    def failures(self) -> list[str]:
        """Rows on which the two disagree."""
        return [
            f"{self.table.caption}: {reading.label}: engine wrong"
            for (reading, _, _), wrong in zip(self.rows, self.differ, strict=True)
            if wrong
        ]


def _check_readings(table: Readings) -> CheckedReadings:
    rows = tuple((row, *_both(row)) for row in table.rows)
    return CheckedReadings(table, rows)


def _both(reading: Reading) -> tuple[float, Any]:
    return float(reading.compute(engine_source())), differences(reading.compute)


@dataclass(frozen=True)
class CheckedPrinted:
    """A printed number, and what engine and differences say in its place."""

    printed: Printed
    engine: float
    precise: Any

    @property
    def wrong(self) -> bool:
        """Whether it is off by more than half a unit of its last place."""
        off = abs(self.engine - float(self.printed.value))
        room = float(self.printed.half_unit)
        return not off <= room * (1 + 1e-9) + 1e-12 * abs(self.engine)

    @property
    def failures(self) -> list[str]:
        """Engine and differences apart, or another verdict than the article's."""
        found = []
        where = f"{self.printed.where}: {self.printed.reading.label}"
        if not distance(self.engine, self.precise, 1e-6) <= RTOL_RUN:
            found.append(f"{where}: engine wrong")
        if self.wrong != self.printed.wrong:
            verdict = "wrong" if self.wrong else "right"
            found.append(f"{where}: the printed {self.printed.text} is {verdict}")
        return found


def _check_printed(printed: Printed) -> CheckedPrinted:
    return CheckedPrinted(printed, *_both(printed.reading))


@dataclass(frozen=True)
class CheckedRun:
    """An algorithm's iterates, from the engine and from differences."""

    run: Run
    engine: list[Iterate]
    precise: list[Iterate]

    @property
    def largest_difference(self) -> float:
        """Of any number of any row, relative to it or to its own last step."""
        worst = 0.0
        pairs = list(zip(self.engine, self.precise, strict=True))
        for name in ("x", "f", "gradient"):
            columns = [(_list(a, name), _list(b, name)) for a, b in pairs]
            floor = FLOOR * max(abs(x) for _, theirs in columns for x in theirs)
            before = columns[0][1]
            for ours, theirs in columns:
                scale = max(abs(x) for x in (*theirs, *before))
                if name != "x":
                    scale = max(scale, floor)
                for x, y in zip(ours, theirs, strict=True):
                    worst = max(worst, distance(x, y, scale))
                before = theirs
        return worst

    @property
    def failures(self) -> list[str]:
        """Whether the two runs part."""
        if self.largest_difference <= RTOL_RUN:
            return []
        return [f"{self.run.caption}: engine and differences part"]


def _list(row: Iterate, name: str) -> list[Any]:
    found = getattr(row, name)
    return found if isinstance(found, list) else [found]


def _check_run(run: Run) -> CheckedRun:
    engine = run.iterates(engine_source())
    return CheckedRun(run, engine, differences(run.iterates))


@dataclass(frozen=True)
class CheckedLimit:
    """Difference quotients, and the engine's derivative that they should reach."""

    limit: Limit
    engine: float
    precise: Any
    rows: list[tuple[Any, Any, Any]]

    @property
    def failures(self) -> list[str]:
        """Whether the quotients go elsewhere."""
        size = max(abs(self.engine), 1.0)
        h, forward, central = self.rows[-1]
        near = abs(forward - self.engine) <= LIMIT_SLACK * size * float(h)
        nearer = abs(central - self.engine) <= LIMIT_SLACK * size * float(h) ** 2 + (
            1e-14 * size
        )
        if near and nearer and distance(self.engine, self.precise, 1.0) <= RTOL:
            return []
        return [f"{self.limit.caption}: the quotients do not reach the engine's slope"]


def _check_limit(limit: Limit) -> CheckedLimit:
    def slope(source: Any) -> Any:
        return source.of(limit.model, limit.target, (limit.wrt,), limit.point.values)

    return CheckedLimit(
        limit,
        float(slope(engine_source())),
        differences(slope),
        differences(limit.quotients),
    )


@dataclass(frozen=True)
class DrawnFigure:
    """A figure and its SVG."""

    figure: Figure
    svg: str
    failures: list[str] = field(default_factory=list)


def _draw(figure: Figure) -> DrawnFigure:
    return DrawnFigure(figure, figure.draw())


def _check_misprint(slip: Misprint) -> "CheckedMisprint":
    return CheckedMisprint(slip, check(slip.printed), check(slip.right))


@dataclass(frozen=True)
class CheckedMisprint:
    """A misprint with the checks of the printed line and of the right one."""

    slip: Misprint
    printed: Check
    right: Check

    @property
    def failures(self) -> list[str]:
        """A misprint that is none, or a correction that is not right."""
        where, found = f"misprint {self.slip.where}", []
        if self.printed.verdict != DIFFERS:
            found.append(f"{where}: as printed it {self.printed.verdict}")
        if self.right.verdict != AGREES:
            found.append(f"{where}: the correction: {self.right.verdict}")
        return found


def jobs(article: Article) -> list[Job]:
    """What is to be computed, in the order in which the page shows it."""
    found: list[Job] = []
    for part in article.parts:
        found += [partial(check, claim) for claim in part.claims]
        found += [partial(_check_readings, table) for table in part.readings]
        found += [partial(_check_run, run) for run in part.runs]
        found += [partial(check_beside, pair) for pair in part.beside]
        found += [partial(_check_limit, limit) for limit in part.limits]
        found += [partial(_check_printed, printed) for printed in part.printed]
        found += [partial(_draw, figure) for figure in part.figures]
    return found + [partial(_check_misprint, slip) for slip in article.misprints]


@dataclass(frozen=True)
class CheckedArticle:
    """An article with everything that was computed for it.

    Attributes
    ----------
    results
        One per job, in order.
    """

    article: Article
    results: tuple[Any, ...]
    drawing: Drawing

    def of(self, kind: type[Any]) -> list[Any]:
        """The results of one kind, in order."""
        return [result for result in self.results if isinstance(result, kind)]

    @property
    def checks(self) -> list[Check]:
        """Of the claims, in order."""
        return self.of(Check)

    @property
    def slips(self) -> list[CheckedMisprint]:
        """Of the misprints, in order."""
        return self.of(CheckedMisprint)

    @property
    def misprints(self) -> int:
        """How many lines and numbers of the notes are wrong."""
        numbers: list[CheckedPrinted] = self.of(CheckedPrinted)
        return len(self.slips) + sum(number.wrong for number in numbers)

    @property
    def failures(self) -> list[str]:
        """What keeps the book from being right, one sentence each."""
        found = []
        for result in self.results:
            if isinstance(result, Check):
                if result.verdict != AGREES:
                    claim = result.claim
                    found.append(f"{claim.where}: {claim}: {result.verdict}")
            else:
                found += result.failures
        return [f"{self.article.id}: {sentence}" for sentence in found]
