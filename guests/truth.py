"""``truth.json``: the observed behavior of booted guests. Booting writes it; it is never edited by hand."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from guests.booted.observation import BootResult
from guests.setup import MachineType, Setup, Source
from guests.setups.all_setups import SETUPS

FILE = Path(__file__).with_name("truth.json")


@dataclass(frozen=True)
class Truth:
    """The recorded behavior of a booted guest.

    Args:
        up: The names of the NICs with an IPv4 address after the boot.
        positions: The positions of these NICs, counted from 0.
        hotplugged_up: Whether a NIC that was attached later got an address.
        default_routes: The number of default routes after the boot.
    """

    up: tuple[str, ...]
    positions: tuple[int, ...]
    hotplugged_up: bool
    default_routes: int


def fingerprint(setup: Setup) -> str:
    """Return a digest of a set-up, to detect outdated records. The disk of the static guest is ignored."""
    fields = asdict(setup)
    for irrelevant in ("name", "sources", "machines", "layout", "disk_format"):
        fields.pop(irrelevant)
    if not setup.has_stale_initramfs:  # a later field does not outdate the records of other set-ups
        fields.pop("has_stale_initramfs")
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12]


def find_truth(setup: Setup, source: Source, machine: MachineType = MachineType.I440FX) -> Truth | None:
    """Return the recorded behavior of a set-up; None: it has not been booted since its last change."""
    entry = _read().get(setup.name)
    if entry is None or entry["setup"] != fingerprint(setup):
        return None
    boot = entry["boots"].get(_name_boot(source, machine))
    if boot is None:
        return None
    return Truth(
        up=tuple(boot["up"]),
        positions=tuple(boot["positions"]),
        hotplugged_up=boot["hotplugged_up"],
        default_routes=boot["default_routes"],
    )


def record(setup: Setup, source: Source, machine: MachineType, result: BootResult, versions: dict[str, Any]) -> None:
    """Record the behavior of a guest.

    Args:
        setup: The guest.
        source: The data source that it was booted with.
        machine: The machine type that it was booted on.
        result: The observed behavior.
        versions: The versions of QEMU and of the guest's packages.
    """
    with _lock():
        entries = _read()
        entry = entries.get(setup.name, {})
        boots = entry.get("boots", {}) if entry.get("setup") == fingerprint(setup) else {}
        behavior = {key: value for key, value in asdict(result).items() if key != "settled_s"}
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        entries[setup.name] = {
            "setup": fingerprint(setup),
            "generation": setup.generation,
            "boots": {**boots, _name_boot(source, machine): {**behavior, "date": today}},
            **versions,
        }
        ordered = {name: entries[name] for name in sorted(entries) if name in SETUPS}
        FILE.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def forget(setup: Setup) -> None:
    """Remove the recorded behavior of a set-up."""
    with _lock():
        others = {name: entry for name, entry in _read().items() if name != setup.name}
        FILE.write_text(json.dumps(others, indent=1) + "\n", encoding="utf-8")


def _name_boot(source: Source, machine: MachineType) -> str:
    return source.value if machine is MachineType.I440FX else f"{source.value}, {machine.value}"


def _read() -> dict[str, Any]:
    if not FILE.exists():
        return {}
    entries: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return entries


@contextmanager
def _lock() -> Iterator[None]:
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
