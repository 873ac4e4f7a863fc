"""Functions that a child may come to run when a disk is hostile. Each runs in a real child process.

The module is not below ``tests/unit``: that package imports hypothesis, which takes 0.15 s, most of a child's time.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, NoReturn

from guestinspect import inspector
from guestinspect.disk.blocks import Blocks
from guestinspect.model.fact import Provider, Unknown, known_fact
from guestinspect.model.inspection import guest_fact_types, to_json, unknown_inspection


def report(report_fd: int, found: object) -> None:
    """Write a report with this content."""
    with open(report_fd, "w", encoding="ascii") as pipe:
        pipe.write(to_json(unknown_inspection("", kind=json.dumps(found))))


def read_head(blocks: Blocks, report_fd: int) -> None:
    report(report_fd, blocks.read_at(0, 8).decode())


def read_everything(blocks: Blocks, report_fd: int) -> None:
    content = blocks.read_at(0, blocks.size_bytes + 100)
    report(report_fd, [len(content), sum(content)])


def read_until_refused(blocks: Blocks, report_fd: int) -> None:
    try:
        for offset in range(0, blocks.size_bytes, 4096):
            blocks.read_at(offset, 4096)
    except Unknown as refused:
        report(report_fd, refused.why)


def read_slowly(blocks: Blocks, report_fd: int) -> None:
    try:
        while True:
            blocks.read_at(0, 1)
            time.sleep(0.1)
    except Unknown as refused:
        report(report_fd, refused.why)


def read_twice(blocks: Blocks, report_fd: int) -> None:
    """Read a part that cannot be read, and one that can."""
    found = []
    for offset in (0, 4096):
        try:
            found.append(blocks.read_at(offset, 8).decode())
        except Unknown as failure:
            found.append(failure.why)
    report(report_fd, found)


def report_environment(blocks: Blocks, report_fd: int) -> None:
    found: dict[str, Any] = {"environment": dict(os.environ), "folder": os.getcwd(), "path": sys.path}
    open_fds = []
    for fd in range(256):
        try:
            os.fstat(fd)
            open_fds.append(fd)
        except OSError:
            continue
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in ("AS", "CPU", "FSIZE", "CORE")}
    report(report_fd, found | {"fds": len(open_fds), "limits": limits})


def report_modules(blocks: Blocks, report_fd: int) -> None:
    found = {}
    for name in ("fs_explorer", "yaml", "requests"):
        try:
            found[name] = importlib.import_module(name).__file__
        except ImportError:
            found[name] = None
    report(report_fd, found)


def write_a_file(blocks: Blocks, report_fd: int) -> None:
    try:
        with open("/tmp/vscclient-was-here", "w") as file:
            file.write("x")
        report(report_fd, "written")
    except OSError as failure:
        report(report_fd, os.strerror(failure.errno or 0))


def allocate(blocks: Blocks, report_fd: int) -> None:
    report(report_fd, len(bytearray(2 * 1024**3)))


def spin(blocks: Blocks, report_fd: int) -> None:
    while True:
        pass


def inspect_forever(blocks: Blocks, report_fd: int) -> None:
    """Inspect a guest of which one fact never ends, whatever is raised."""

    def spin_despite_errors() -> NoReturn:
        while True:
            with suppress(Exception):
                spin(blocks, report_fd)

    found: dict[str, Provider[Any]] = dict.fromkeys(guest_fact_types(), spin_despite_errors)
    found["os_distro"] = known_fact("debian", "/etc/os-release")
    work: Any = inspector
    work._open_disk = lambda blocks: SimpleNamespace(kind="linux")
    work._system_facts = work._network_facts = lambda disk, _: found
    inspector.main(blocks, report_fd)


def sleep(blocks: Blocks, report_fd: int) -> None:
    time.sleep(60)


def close_and_sleep(blocks: Blocks, report_fd: int) -> None:
    report(report_fd, "almost")
    time.sleep(60)


def write_without_end(blocks: Blocks, report_fd: int) -> None:
    while True:
        os.write(report_fd, b"x" * 65536)


def write_garbage(blocks: Blocks, report_fd: int) -> None:
    os.write(report_fd, b'{"guest": [[[[')


def write_another_version(blocks: Blocks, report_fd: int) -> None:
    os.write(report_fd, to_json(unknown_inspection("")).replace('"schema_version":', '"schema_version":9').encode())


def write_nothing(blocks: Blocks, report_fd: int) -> None:
    """End well, without a report."""


def exit_early(blocks: Blocks, report_fd: int) -> None:
    sys.exit(3)


def raise_an_error(blocks: Blocks, report_fd: int) -> None:
    raise KeyError("x")


def be_killed(blocks: Blocks, report_fd: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash(blocks: Blocks, report_fd: int) -> None:
    ctypes.string_at(0)


def request_nonsense(blocks: Any, report_fd: int) -> None:
    os.write(blocks._fd, b"\xff" * 12)
    time.sleep(60)


def request_half(blocks: Any, report_fd: int) -> None:
    os.write(blocks._fd, b"\0\0\0")
    time.sleep(60)


def never_take_the_answer(blocks: Any, report_fd: int) -> None:
    os.write(blocks._fd, (0).to_bytes(8, "little") + (1024**2).to_bytes(4, "little"))
    time.sleep(60)


def target(function: Callable[[Any, int], None]) -> str:
    """Return the name by which a child runs it."""
    return f"{function.__module__}:{function.__name__}"
