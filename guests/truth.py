"""``truth.json``: what real guests did when they were booted. It is written by booting them, never by hand."""

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

from guests.booting import Booted
from guests.setup import Setup, Source
from guests.setups.every import SETUPS

FILE = Path(__file__).with_name("truth.json")


@dataclass(frozen=True)
class Truth:
    """What a booted guest did.

    Args:
        up: Names of the NICs with an IPv4 address after the boot.
        positions: Which of the three these are, counted from 0.
        hotplugged_up: Whether one that was attached later got an address.
        default_routes: After the boot.
    """

    up: tuple[str, ...]
    positions: tuple[int, ...]
    hotplugged_up: bool
    default_routes: int


def fingerprint(setup: Setup) -> str:
    """What changes when the set-up does, so that an old truth is noticed. The static guest's disk does not matter."""
    of = asdict(setup)
    for irrelevant in ("name", "sources", "layout", "disk_format"):
        of.pop(irrelevant)
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:12]


def known(setup: Setup, source: Source) -> Truth | None:
    """What this very set-up did; None: it was not booted since it was changed."""
    entry = _read().get(setup.name)
    if entry is None or entry["setup"] != fingerprint(setup) or source not in entry["boots"]:
        return None
    seen = entry["boots"][source]
    return Truth(
        up=tuple(seen["up"]),
        positions=tuple(seen["positions"]),
        hotplugged_up=seen["hotplugged_up"],
        default_routes=seen["default_routes"],
    )


def record(setup: Setup, source: Source, booted: Booted, how: dict[str, Any]) -> None:
    """Write down what a guest did.

    Args:
        setup: The guest.
        source: What the cloud gave it.
        booted: What became of the NICs.
        how: With what it was booted: the version of QEMU, those of the guest's packages.
    """
    with _alone():
        entries = _read()
        entry = entries.get(setup.name, {})
        boots = entry.get("boots", {}) if entry.get("setup") == fingerprint(setup) else {}
        seen = {key: value for key, value in asdict(booted).items() if key != "settled_s"}
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        entries[setup.name] = {
            "setup": fingerprint(setup),
            "generation": setup.generation,
            "boots": {**boots, source.value: {**seen, "date": today}},
            **how,
        }
        ordered = {name: entries[name] for name in sorted(entries) if name in SETUPS}
        FILE.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


def forget(setup: Setup) -> None:
    """Forget what a set-up did, because it is not believed any more."""
    with _alone():
        kept = {name: entry for name, entry in _read().items() if name != setup.name}
        FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _read() -> dict[str, Any]:
    if not FILE.exists():
        return {}
    entries: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return entries


@contextmanager
def _alone() -> Iterator[None]:
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
