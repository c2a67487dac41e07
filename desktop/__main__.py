"""The program `claimstead`: the window when called bare, else what the words ask."""

from __future__ import annotations

import sys


def main() -> int:
    """Open the window, or prove the installation with ``--selfcheck``; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a letter shows "?" for it instead of ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    words = sys.argv[1:]
    if not words:
        from desktop.app import run_window

        return run_window()
    if words == ["--selfcheck"]:
        from desktop.services import selfcheck

        return selfcheck.run(print)
    sys.stderr.write(f"claimstead does not know “{' '.join(words)}”; try --selfcheck.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
