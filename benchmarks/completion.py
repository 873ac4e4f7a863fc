"""The processor time of the program that the shell calls at each Tab."""

from __future__ import annotations

import re
import resource
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 15
LIMIT_S = 0.2

LINES = (
    ("a command", "openstack vsc image ", ""),
    ("an option", "openstack vsc image create x --pro", "--pro"),
    ("a code", "openstack vsc image share x --waive D", "D"),
)
"""What is completed, the line, and the text that the shell replaces."""


def main() -> None:
    """Print the median of each line."""
    beside = Path(sys.executable).parent
    script = subprocess.run(
        [str(beside / "openstack"), "vsc", "image", "completion", "bash"], capture_output=True, text=True, check=True
    ).stdout
    grammar = re.search(r"^_vscclient_grammar=(.*)$", script, re.MULTILINE)
    assert grammar
    for name, line, replaced in LINES:
        text = "\0".join((replaced, line, shlex.split(grammar[1])[0], ""))
        seconds = statistics.median(_cpu_seconds(str(beside / "vscclient-complete"), text) for _ in range(RUNS))
        print(f"{name}: {seconds:.3f} s CPU (median of {RUNS}; limit: {LIMIT_S} s)")


def _cpu_seconds(program: str, text: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.count("\n") > 1, f"no candidates for {text[:50]!r}"
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
