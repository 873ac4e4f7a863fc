"""``python -m devcloud.inside.watchdog MODULE [ARG…]``: run a module, and end with the process that started it.

Standard input is a pipe that only the starting process holds, and that it does not write to. When the pipe ends, that
process has ended, even by SIGKILL. Then the whole process group is killed (each program has a group of its own).
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def kill_group_at_end_of_input() -> None:
    """Wait for the end of standard input, then kill this process group."""
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Run the module that the first argument names, as ``python -m`` would."""
    threading.Thread(target=kill_group_at_end_of_input, name="watchdog", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
