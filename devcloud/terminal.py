"""Sentences for whoever waits: on stderr, as stdout belongs to the command that is run."""

from __future__ import annotations

import sys


def say(sentence: str) -> None:
    """Write one sentence (or several lines) to stderr at once."""
    sys.stderr.write(f"devcloud: {sentence}\n")
    sys.stderr.flush()
