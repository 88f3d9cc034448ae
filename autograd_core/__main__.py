"""``python -m autograd_core``: the command line where its script is not installed."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
