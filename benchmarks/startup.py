"""The time that our entry points add to every ``openstack`` command."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

RUNS = 9

MEASURE = """
import json, time
from importlib import import_module
from importlib.metadata import entry_points

start = time.process_time()
import openstackclient.shell
standard = time.process_time() - start
# modules that the command of any other plugin loads as well
import_module("osc_lib.command.command"), import_module("osc_lib.cli.format_columns")
groups = ("openstack.cli.extension", "openstack.vsc.v1")
ours = [entry for group in groups for entry in entry_points(group=group) if entry.value.startswith("vscclient")]
start = time.process_time()
for entry in ours:
    import_module(entry.value.partition(":")[0])
print(json.dumps([standard, time.process_time() - start, len(ours)]))
"""


def main() -> None:
    """Print medians and the ratio of each run."""
    runs = [_run() for _ in range(RUNS + 1)][1:]  # the first one fills caches
    standard, ours, ratio = (statistics.median(values) for values in zip(*runs, strict=True))
    print(f"import openstackclient.shell: {standard * 1000:.0f} ms CPU (median of {RUNS})")
    print(f"our entry points: {ours * 1000:.1f} ms CPU")
    print(f"ratio: {ratio:.2%} (goal: less than 3 %)")


def _run() -> tuple[float, float, float]:
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    standard, ours, count = json.loads(done.stdout)
    assert count > 1, "vscclient is not installed here"
    return standard, ours, ours / standard


if __name__ == "__main__":
    main()
