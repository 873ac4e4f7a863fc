"""The time that the guard adds to a standard command while it is off."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

RUNS = 9

MEASURE = """
import json, time
from types import SimpleNamespace

start = time.process_time()
import openstackclient.shell
from stevedore import ExtensionManager
import cliff.hooks, osc_lib.command.command, openstackclient.image.v2.image
standard = time.process_time() - start
command = SimpleNamespace(app=SimpleNamespace(stderr=None, cloud=None, cloud_config=None))
start = time.process_time()
hooks = ExtensionManager("openstack.cli.image_set", invoke_on_load=True, invoke_kwds={"command": command})
for hook in hooks:
    hook.obj.get_epilog()
    hook.obj.before(None)
print(json.dumps([standard, time.process_time() - start, len(list(hooks))]))
"""


def main() -> None:
    """Print medians and the ratio of each run."""
    runs = [_run() for _ in range(RUNS + 1)][1:]  # the first one fills caches
    standard, ours, ratio = (statistics.median(values) for values in zip(*runs, strict=True))
    print(f"imports of openstack image set: {standard * 1000:.0f} ms CPU (median of {RUNS})")
    print(f"the guard, off: {ours * 1000:.1f} ms CPU")
    print(f"ratio: {ratio:.2%} (goal: less than 1 %)")


def _run() -> tuple[float, float, float]:
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    standard, ours, count = json.loads(done.stdout)
    assert count == 1, "the hook is not installed here"
    return standard, ours, ours / standard


if __name__ == "__main__":
    main()
