"""The program `claimstead`: the window when called bare, else what the words ask.

Each way is imported where it is taken: the window loads no command, a command loads no Qt.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Open the window, run a command, or prove the installation; the exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # A console that lacks a letter shows "?" for it instead of ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    words = sys.argv[1:]
    if words == ["--selfcheck"]:
        from desktop.services.care import selfcheck

        return selfcheck.run(print)
    if not words or (len(words) == 2 and words[0] == "--practice"):
        from desktop.app import run_window

        return run_window(Path(words[1]) if words else None)
    from desktop import cli

    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main())
