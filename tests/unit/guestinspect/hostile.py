"""What a process that looks inside a guest may come to do when a disk is hostile. Each runs in a real one."""

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
from guestinspect.model.inspection import guest_fact_types, unknown_inspection
from guestinspect.serialization import to_json


def tell(report_fd: int, said: object) -> None:
    """Writes a report that says this."""
    with open(report_fd, "w", encoding="ascii") as pipe:
        pipe.write(to_json(unknown_inspection("", kind=json.dumps(said))))


def read_the_beginning(blocks: Blocks, report_fd: int) -> None:
    tell(report_fd, blocks.read_at(0, 8).decode())


def read_everything(blocks: Blocks, report_fd: int) -> None:
    content = blocks.read_at(0, blocks.size_bytes + 100)
    tell(report_fd, [len(content), sum(content)])


def read_until_refused(blocks: Blocks, report_fd: int) -> None:
    try:
        for offset in range(0, blocks.size_bytes, 4096):
            blocks.read_at(offset, 4096)
    except Unknown as refused:
        tell(report_fd, refused.why)


def read_slowly(blocks: Blocks, report_fd: int) -> None:
    try:
        while True:
            blocks.read_at(0, 1)
            time.sleep(0.1)
    except Unknown as refused:
        tell(report_fd, refused.why)


def read_twice(blocks: Blocks, report_fd: int) -> None:
    """A part that cannot be read, and one that can."""
    said = []
    for offset in (0, 4096):
        try:
            said.append(blocks.read_at(offset, 8).decode())
        except Unknown as failure:
            said.append(failure.why)
    tell(report_fd, said)


def tell_the_surroundings(blocks: Blocks, report_fd: int) -> None:
    said: dict[str, Any] = {"environment": dict(os.environ), "folder": os.getcwd(), "path": sys.path}
    open_fds = []
    for fd in range(256):
        try:
            os.fstat(fd)
            open_fds.append(fd)
        except OSError:
            continue
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in ("AS", "CPU", "FSIZE", "CORE")}
    tell(report_fd, said | {"fds": len(open_fds), "limits": limits})


def tell_the_modules(blocks: Blocks, report_fd: int) -> None:
    found = {}
    for name in ("fs_explorer", "yaml", "requests"):
        try:
            found[name] = importlib.import_module(name).__file__
        except ImportError:
            found[name] = None
    tell(report_fd, found)


def write_a_file(blocks: Blocks, report_fd: int) -> None:
    try:
        with open("/tmp/vscclient-was-here", "w") as file:
            file.write("x")
        tell(report_fd, "written")
    except OSError as failure:
        tell(report_fd, os.strerror(failure.errno or 0))


def allocate(blocks: Blocks, report_fd: int) -> None:
    tell(report_fd, len(bytearray(2 * 1024**3)))


def spin(blocks: Blocks, report_fd: int) -> None:
    while True:
        pass


def inspect_for_ever(blocks: Blocks, report_fd: int) -> None:
    """The real work, on a guest of which one fact takes for ever, and is tried again and again."""

    def spin_all_the_same() -> NoReturn:
        while True:
            with suppress(Exception):
                spin(blocks, report_fd)

    found: dict[str, Provider[Any]] = dict.fromkeys(guest_fact_types(), spin_all_the_same)
    found["os_distro"] = known_fact("debian", "/etc/os-release")
    work: Any = inspector
    work._open_disk = lambda blocks: SimpleNamespace(kind="linux")
    work._system_facts = work._network_facts = lambda disk: found
    inspector.main(blocks, report_fd)


def sleep(blocks: Blocks, report_fd: int) -> None:
    time.sleep(60)


def close_and_sleep(blocks: Blocks, report_fd: int) -> None:
    tell(report_fd, "almost")
    time.sleep(60)


def talk_without_end(blocks: Blocks, report_fd: int) -> None:
    while True:
        os.write(report_fd, b"x" * 65536)


def print_garbage(blocks: Blocks, report_fd: int) -> None:
    os.write(report_fd, b'{"facts": [[[[')


def print_another_version(blocks: Blocks, report_fd: int) -> None:
    os.write(report_fd, to_json(unknown_inspection("")).replace('"schema_version":', '"schema_version":9').encode())


def print_nothing(blocks: Blocks, report_fd: int) -> None:
    """It ends well, and has said nothing."""


def leave(blocks: Blocks, report_fd: int) -> None:
    sys.exit(3)


def stumble(blocks: Blocks, report_fd: int) -> None:
    raise KeyError("x")


def be_killed(blocks: Blocks, report_fd: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash(blocks: Blocks, report_fd: int) -> None:
    ctypes.string_at(0)


def ask_nonsense(blocks: Any, report_fd: int) -> None:
    os.write(blocks._fd, b"\xff" * 12)
    time.sleep(60)


def ask_half(blocks: Any, report_fd: int) -> None:
    os.write(blocks._fd, b"\0\0\0")
    time.sleep(60)


def never_take_the_answer(blocks: Any, report_fd: int) -> None:
    os.write(blocks._fd, (0).to_bytes(8, "little") + (1024**2).to_bytes(4, "little"))
    time.sleep(60)


def target(function: Callable[[Any, int], None]) -> str:
    """How a child is told to run it."""
    return f"{function.__module__}:{function.__name__}"
