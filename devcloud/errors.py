"""What can go wrong, as sentences."""

from __future__ import annotations

from pathlib import Path

LINES_SHOWN = 15


class DevcloudError(Exception):
    """A cloud could not be made or kept; its text says what, why and where to look."""


class ProcessFailed(DevcloudError):
    """A program of the cloud failed; the end of its log is shown.

    Args:
        what: The sentence's beginning, such as "Glance ended with status 1 while it started".
        log: The file that holds everything it wrote.
    """

    def __init__(self, what: str, log: Path) -> None:
        self.what = what
        self.log = log
        super().__init__(f"{what}. The last lines of {log}:\n{last_lines(log)}")


def last_lines(log: Path) -> str:
    """The end of a log, indented; a sentence in its place when there is none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return f"    (no log: {error})"
    return "\n".join(f"    {line}" for line in lines[-LINES_SHOWN:]) or "    (the log is empty)"
