"""The script for Tab completion."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from vscclient.images.candidates.command_line import Grammar

__all__ = ["PROGRAM", "run"]

PROGRAM = "vscclient-complete"
"""The program that the script calls."""


def run(grammar: Grammar) -> str:
    """Return the script for bash.

    Args:
        grammar: The commands and their options.
    """
    beside = Path(sys.executable).with_name(PROGRAM)
    program = str(beside) if beside.exists() else shutil.which(PROGRAM) or PROGRAM
    script = (files("vscclient.images") / "completion.bash").read_text(encoding="utf-8")
    return script.replace("@PROGRAM@", shlex.quote(program)).replace("@GRAMMAR@", shlex.quote(grammar.to_json()))
