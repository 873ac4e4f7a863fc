"""The errors of a cloud."""

from __future__ import annotations

from pathlib import Path

LINES_SHOWN = 15


class DevcloudError(Exception):
    """A cloud could not be started, or has ended. The text has the reason and the log to read."""


class ProcessFailed(DevcloudError):
    """A program of the cloud failed; the end of its log is shown.

    Args:
        what: The beginning of the sentence, such as "Glance ended by itself (status 1)".
        log: The file with the program's output.
    """

    def __init__(self, what: str, log: Path) -> None:
        self.what = what
        self.log = log
        super().__init__(f"{what}. The last lines of {log}:\n{last_lines(log)}")


def last_lines(log: Path) -> str:
    """Return the end of a log, indented; a sentence instead if it has none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return f"    (no log: {error})"
    return "\n".join(f"    {line}" for line in lines[-LINES_SHOWN:]) or "    (the log is empty)"
