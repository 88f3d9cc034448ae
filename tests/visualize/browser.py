"""Chromium without a window: what a page has become after its scripts ran."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
)


def chromium() -> str:
    """The program; without one the test is skipped, or fails where CI is set."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on the PATH; apt install chromium")
        pytest.skip("no Chromium on the PATH")
    return program


def opened(page: Path, profile: Path, *flags: str) -> tuple[str, list[str]]:
    """The page as HTML, and what was written to its console."""
    done = subprocess.run(
        [
            chromium(),
            *FLAGS,
            "--virtual-time-budget=5000",
            *flags,
            f"--user-data-dir={profile}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    errors = done.stderr.decode(errors="replace")
    console = re.findall(r"(?m)^.*CONSOLE.*$", errors)
    return done.stdout.decode(), console
