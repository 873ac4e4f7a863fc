"""``python -m devcloud.inside.leash MODULE [ARG…]``: run a module, and end with whoever started it.

Standard input is a pipe that nobody writes to and that only the starter holds: its end means that the starter is gone,
even by SIGKILL. Then the whole process group ends at once (the starter gives each program a group of its own).
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def end_with_the_starter() -> None:
    """Wait for the end of standard input, then kill this process group."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Run the module named by the first argument as if it had been started itself."""
    threading.Thread(target=end_with_the_starter, name="leash", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
