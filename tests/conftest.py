"""What all tests share: how Hypothesis runs, and which tests stay together."""

from typing import Any

import pytest
from hypothesis import settings

# No deadline: the machines that run the suite are shared. A failing example is kept
# in .hypothesis and printed, so that it can be run again.
settings.register_profile("autograd-core", deadline=None, print_blob=True)
settings.load_profile("autograd-core")

# Files whose tests share something that takes long to make.
TOGETHER = {
    "tests/demos/test_book.py": "the book",
    "tests/demos/test_browser.py": "the book",
    "tests/demos/test_errata.py": "the book",
    "tests/demos/training/test_first_scripts.py": "runs of the first scripts",
    "tests/visualize/test_player.py": "a page with players",
}


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A test goes to the next process that is free, and those of `TOGETHER` to one."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER.get(nodeid.partition("::")[0], nodeid)

    return Scheduling(config, log)
