"""The processor time of the program that the shell calls at each Tab."""

from __future__ import annotations

import os
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from vscclient.images.candidates.names import names_of_login

RUNS = 15
LIMIT_S = 0.2

LINES = (
    ("a command", "openstack vsc image ", ""),
    ("an option", "openstack vsc image create x --pro", "--pro"),
    ("a code", "openstack vsc image share x --waive D", "D"),
    ("a property", "openstack vsc image set x --property hw_", "hw_"),
    ("a value", "openstack vsc image set x --property hw_disk_bus=", ""),
    ("a name", "openstack vsc image show rna", "rna"),
)
"""The kind of candidates, the line, and the text that the shell replaces."""


def main() -> None:
    """Print the median of each line."""
    beside = Path(sys.executable).parent
    script = subprocess.run(
        [str(beside / "openstack"), "vsc", "image", "completion", "bash"], capture_output=True, text=True, check=True
    ).stdout
    grammar = re.search(r"^_vscclient_grammar=(.*)$", script, re.MULTILINE)
    assert grammar
    folder = tempfile.TemporaryDirectory()
    os.environ["XDG_CACHE_HOME"] = folder.name
    names = names_of_login({})
    assert names, "unset OS_TOKEN"
    names.add({"images": {str(UUID(int=number)): (f"rna-{number}", "mine") for number in range(2000)}})
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
