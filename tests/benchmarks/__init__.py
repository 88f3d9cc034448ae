"""How fast the engine is, against its peers: ``python -m tests.benchmarks``.

| module | what it has |
|---|---|
| `workloads` | the cases W1 to W5: their numbers, and what a step of them is |
| `engines/` | who does them, a module each; only `engines.ours` imports this project |
| `worker` | a process that does the steps of one engine when asked |
| `driver` | a case: starts all workers, compares their results, lets them take turns |
| `goals` | what was to be reached, and why what is missed is missed |
| `report` | the tables of RESULTS.md and of the README |

Every engine has a process of its own, pinned to one core, and is given the same
numbers. Nobody is timed before all agree. Only ratios of one run count.
"""
