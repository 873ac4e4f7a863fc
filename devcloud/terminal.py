"""Messages for the user, on stderr: stdout is for the command that is run."""

from __future__ import annotations

import sys


def say(sentence: str) -> None:
    """Write a message of one or more lines to stderr at once."""
    sys.stderr.write(f"devcloud: {sentence}\n")
    sys.stderr.flush()
