"""``python -m tests.benchmarks``: the table of all workloads and engines.

Everything on this machine, or some of it::

    python -m tests.benchmarks --only w3 --engines ours,jax --turns 5

``--peers PYTHON`` names an interpreter that has the packages that this one has not.
``--write`` puts the tables into RESULTS.md and the README; it needs a whole run.
"""

import argparse
import sys

from tqdm import tqdm

from . import driver, report
from .engines import ENGINES, OURS
from .workloads import cases


def chosen(text: str | None) -> list[str]:
    """The engines of ``ours,jax``; all by default."""
    if text is None:
        return list(ENGINES)
    found = set()
    for word in text.split(","):
        names = OURS if word == "ours" else [n for n in ENGINES if n == word]
        names = names or [n for n, e in ENGINES.items() if e.module == word]
        if not names:
            raise SystemExit(
                f"no engine {word!r}; there are ours, {', '.join(ENGINES)}"
            )
        found.update(names)
    return [name for name in ENGINES if name in found]


def main() -> int:
    """Run, print, and say by the exit code whether all was well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=9, help="of each engine")
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--only", metavar="TEXT", help="cases with this in their name")
    parser.add_argument("--engines", metavar="NAMES", help="for example ours,jax")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    names = chosen(options.engines)
    every = cases()
    wanted = (options.only or "").lower()
    some = [case for case in every if wanted in case.name.lower()]
    if not some:
        raise SystemExit(f"no case with {options.only!r} in its name")
    if options.write and (len(some) < len(every) or options.engines):
        raise SystemExit("--write needs a whole run, without --only and --engines")

    results, known = {}, dict[object, bool]()
    with tqdm(total=len(some) * len(names), file=sys.stderr) as bar:
        for case in some:

            def tick(title: str, name: str = case.name) -> None:
                bar.set_description(f"{name}, {title}")
                bar.update()

            results[case.name] = driver.run(
                case,
                names,
                turns=options.turns,
                peers=options.peers,
                known=known,
                tick=tick,
            )
    print(report.whole(some, results, options.turns))
    wrong = [o for found in results.values() for o in found.values() if o.wrong]
    if options.write:
        if any(outcome.problem.startswith("differs") for outcome in wrong):
            raise SystemExit("nothing was written: the engines differ")
        report.write(some, results, options.turns)
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
