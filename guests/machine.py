"""A machine of QEMU as this cloud makes them: PCI, virtio NICs, a config drive or none."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guests.errors import GuestsError
from guests.programs import run

QEMU = "qemu-system-x86_64"
AT_BOOT = 3
_FIRST_SLOT = 3
_MEMORY_MIB = 768
_QMP_TRIES = 100
_QMP_TIMEOUT_S = 30


def mac(position: int) -> str:
    """The MAC address of a NIC, counted from 0."""
    return f"fa:16:3e:00:00:{position + 1:02x}"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a machine is made of.

    Args:
        kernel: The folder with ``vmlinuz`` and ``initrd.img``.
        parameters: The kernel's.
        disk: The guest's; it is not written to.
        config_drive: None: there is none.
        folder: For its sockets and what it says.
    """

    kernel: Path
    parameters: str
    disk: Path
    config_drive: Path | None
    folder: Path


class Machine:
    """A running machine."""

    def __init__(self, parts: Parts, process: subprocess.Popen[bytes]) -> None:
        self._parts = parts
        self._process = process

    def told(self) -> str:
        """What the probe has written so far.

        Raises:
            GuestsError: The machine has ended.
        """
        if self._process.poll() is not None:
            raise GuestsError(f"{QEMU} ended: {self.last_words()}")
        file = self._parts.folder / "probe"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def last_words(self) -> str:
        """The end of what QEMU and the guest's console said."""
        files = [self._parts.folder / name for name in ("qemu.log", "console")]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace")[-1500:] for file in files if file.exists())

    def attach_nic(self) -> None:
        """Attach one more NIC, as ``openstack server add network`` does."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_QMP_TIMEOUT_S)
            connection.connect(str(self._parts.folder / "qmp"))
            with connection.makefile("rwb") as stream:
                _say(stream, "qmp_capabilities")
                _say(stream, "netdev_add", type="user", id=f"net{AT_BOOT}", **_network(AT_BOOT))
                where = {"addr": f"{_FIRST_SLOT + AT_BOOT:#x}", "mac": mac(AT_BOOT)}
                _say(stream, "device_add", driver="virtio-net-pci", netdev=f"net{AT_BOOT}", **where)


@contextmanager
def running(parts: Parts) -> Iterator[Machine]:
    """A machine, ended at the end. It has a network of its own for each NIC, and none to the outside: a metadata
    service of whatever cloud runs this would answer the guest otherwise."""
    with (parts.folder / "qemu.log").open("wb") as log:
        command = ["unshare", "--user", "--map-root-user", "--net", *_command(parts)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_for_socket(parts.folder / "qmp", process)
        yield Machine(parts, process)
    finally:
        process.kill()
        process.wait()


def version() -> str:
    """QEMU's version."""
    return run([QEMU, "--version"]).splitlines()[0]


def _wait_for_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_QMP_TRIES):
        if path.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise GuestsError(f"{QEMU} did not start: {(path.parent / 'qemu.log').read_text(errors='replace')}")


def _network(position: int) -> dict[str, Any]:
    """The options of a network of its own: an address by DHCP and a default route, no IPv6."""
    return {"net": f"10.0.{position}.0/24", "ipv6": False}


def _command(parts: Parts) -> list[str]:
    drives = [
        *("-drive", f"file={parts.disk},if=none,id=root,format=raw,snapshot=on"),
        *("-device", "virtio-blk-pci,drive=root,addr=0x10"),
    ]
    if parts.config_drive:
        drives += [
            *("-drive", f"file={parts.config_drive},if=none,id=config,format=raw,readonly=on"),
            *("-device", "virtio-blk-pci,drive=config,addr=0x11"),
        ]
    return [
        *(QEMU, "-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "qemu64", "-m", str(_MEMORY_MIB)),
        *("-nodefaults", "-no-reboot", "-display", "none", "-smbios", "type=1,product=OpenStack Nova"),
        *("-object", "rng-random,filename=/dev/urandom,id=rng", "-device", "virtio-rng-pci,rng=rng,addr=0x12"),
        *("-serial", f"file:{parts.folder / 'console'}", "-serial", f"file:{parts.folder / 'probe'}"),
        *("-qmp", f"unix:{parts.folder / 'qmp'},server=on,wait=off"),
        *("-kernel", str(parts.kernel / "vmlinuz"), "-initrd", str(parts.kernel / "initrd.img")),
        *("-append", parts.parameters),
        *drives,
        *(word for position in range(AT_BOOT) for word in _nic(position)),
    ]


def _nic(position: int) -> tuple[str, ...]:
    network = _network(position)
    return (
        *("-netdev", f"user,id=net{position},net={network['net']},ipv6=off"),
        *("-device", f"virtio-net-pci,netdev=net{position},mac={mac(position)},addr={_FIRST_SLOT + position:#x}"),
    )


def _say(stream: Any, command: str, **arguments: Any) -> None:
    stream.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
    stream.flush()
    while line := stream.readline():
        answer = json.loads(line)
        if "error" in answer:
            raise GuestsError(f"QEMU refused {command}: {answer['error']['desc']}")
        if "return" in answer:
            return
    raise GuestsError(f"QEMU did not answer {command}")
