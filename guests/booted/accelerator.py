"""The accelerator of QEMU: KVM where it works, otherwise emulation (TCG)."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

QEMU = "qemu-system-x86_64"
_KVM = Path("/dev/kvm")
_TCG = "tcg,thread=multi"
_LIMIT_S = 3.0
"""The BIOS starts a boot sector within 0.3 s, under TCG too. A nested KVM took 9 s, and started no Linux."""

_EXIT_PORT = 0xF4
_SECTOR = bytes((0xB0, 0x10, 0xE6, _EXIT_PORT, 0xF4, 0xEB, 0xFD)).ljust(510, b"\x00") + b"\x55\xaa"
"""A boot sector: ``mov al, 0x10; out 0xf4, al``, then ``hlt`` for ever."""
_EXIT_STATUS = 0x10 << 1 | 1
"""The status with which QEMU ends. Source: QEMU, ``hw/misc/debugexit.c``."""


@cache
def find_accelerator() -> str:
    """Return the value of QEMU's option ``-accel``.

    That ``/dev/kvm`` can be opened proves nothing: a cloud may offer it to its instances and not run any machine with
    it. So a machine is started that has to end within a few seconds.
    """
    return "kvm" if os.access(_KVM, os.R_OK | os.W_OK) and ends_in_time("kvm") else _TCG


def ends_in_time(accelerator: str) -> bool:
    """Return True if a machine with this accelerator runs a boot sector to its end in time."""
    with TemporaryDirectory(prefix="guests-") as folder:
        disk = Path(folder) / "sector"
        disk.write_bytes(_SECTOR)
        command = [
            *(QEMU, "-machine", "pc", "-accel", accelerator, "-nodefaults", "-no-reboot", "-display", "none"),
            *("-drive", f"file={disk},format=raw", "-device", f"isa-debug-exit,iobase={_EXIT_PORT:#x},iosize=1"),
        ]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_LIMIT_S)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == _EXIT_STATUS
