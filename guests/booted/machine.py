"""A QEMU machine like an instance of this cloud: PCI, virtio NICs, a config drive or none."""

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
NICS_AT_BOOT = 3
_FIRST_SLOT = 3
_MEMORY_MIB = 768
_QMP_TRIES = 100
_QMP_TIMEOUT_S = 30


def mac_address(position: int) -> str:
    """Return the MAC address of the NIC at a position, counted from 0."""
    return f"fa:16:3e:00:00:{position + 1:02x}"


@dataclass(frozen=True, kw_only=True)
class MachineParts:
    """The parts of a machine.

    Args:
        kernel: The folder with ``vmlinuz`` and ``initrd.img``.
        parameters: The kernel parameters.
        disk: The disk of the guest; it is not written to.
        config_drive: The config drive; None: there is none.
        folder: The folder for its sockets and its output.
    """

    kernel: Path
    parameters: str
    disk: Path
    config_drive: Path | None
    folder: Path


class Machine:
    """A running machine."""

    def __init__(self, parts: MachineParts, process: subprocess.Popen[bytes]) -> None:
        self._parts = parts
        self._process = process

    def read_probe(self) -> str:
        """Return the output of the probe so far.

        Raises:
            GuestsError: The machine has ended.
        """
        if self._process.poll() is not None:
            raise GuestsError(f"{QEMU} ended: {self.read_last_output()}")
        file = self._parts.folder / "probe"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def read_last_output(self) -> str:
        """Return the end of the output of QEMU and of the guest's console."""
        files = [self._parts.folder / name for name in ("qemu.log", "console")]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace")[-1500:] for file in files if file.exists())

    def attach_nic(self) -> None:
        """Attach one more NIC, as ``openstack server add network`` does."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_QMP_TIMEOUT_S)
            connection.connect(str(self._parts.folder / "qmp"))
            with connection.makefile("rwb") as stream:
                _send(stream, "qmp_capabilities")
                _send(stream, "netdev_add", type="user", id=f"net{NICS_AT_BOOT}", **_network_options(NICS_AT_BOOT))
                address = {"addr": f"{_FIRST_SLOT + NICS_AT_BOOT:#x}", "mac": mac_address(NICS_AT_BOOT)}
                _send(stream, "device_add", driver="virtio-net-pci", netdev=f"net{NICS_AT_BOOT}", **address)


@contextmanager
def run_machine(parts: MachineParts) -> Iterator[Machine]:
    """Run a machine for the time of a context.

    It has its own network for each NIC, and none to the outside: otherwise the metadata service of the cloud that runs
    this program would answer the guest.
    """
    with (parts.folder / "qemu.log").open("wb") as log:
        command = ["unshare", "--user", "--map-root-user", "--net", *_build_command(parts)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_for_socket(parts.folder / "qmp", process)
        yield Machine(parts, process)
    finally:
        process.kill()
        process.wait()


def qemu_version() -> str:
    """Return the version of QEMU."""
    return run([QEMU, "--version"]).splitlines()[0]


def _wait_for_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_QMP_TRIES):
        if path.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise GuestsError(f"{QEMU} did not start: {(path.parent / 'qemu.log').read_text(errors='replace')}")


def _network_options(position: int) -> dict[str, Any]:
    """Return the options of a separate network: an address by DHCP and a default route, without IPv6."""
    return {"net": f"10.0.{position}.0/24", "ipv6": False}


def _build_command(parts: MachineParts) -> list[str]:
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
        *(word for position in range(NICS_AT_BOOT) for word in _nic_options(position)),
    ]


def _nic_options(position: int) -> tuple[str, ...]:
    network = _network_options(position)
    return (
        *("-netdev", f"user,id=net{position},net={network['net']},ipv6=off"),
        *(
            "-device",
            f"virtio-net-pci,netdev=net{position},mac={mac_address(position)},addr={_FIRST_SLOT + position:#x}",
        ),
    )


def _send(stream: Any, command: str, **arguments: Any) -> None:
    stream.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
    stream.flush()
    while line := stream.readline():
        answer = json.loads(line)
        if "error" in answer:
            raise GuestsError(f"QEMU refused {command}: {answer['error']['desc']}")
        if "return" in answer:
            return
    raise GuestsError(f"QEMU did not answer {command}")
