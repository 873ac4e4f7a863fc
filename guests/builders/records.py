"""``guests/builders/truth.json``: the observed behavior of builders' images. Booting writes it; it is never edited."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from guests.builders.builder import Builder
from guests.builders.observation import ImageBoot
from guests.setup import Source

FILE = Path(__file__).with_name("truth.json")


def find_boot(builder: Builder, source: Source) -> ImageBoot | None:
    """Return the recorded behavior of a builder's image; None: it was not booted since the builder's last change."""
    entry = read_records().get(builder.name)
    if entry is None or entry["builder"] != builder.fingerprint or source not in entry["boots"]:
        return None
    boot = {key: value for key, value in entry["boots"][source].items() if key != "date"}
    positions, requested = tuple(boot.pop("positions")), tuple(boot.pop("requested"))
    return ImageBoot(positions=positions, requested=requested, **boot)


def record(builder: Builder, source: Source, boot: ImageBoot, versions: dict[str, Any]) -> None:
    """Record the behavior of an image.

    Args:
        builder: The builder.
        source: The data source that its image was booted with.
        boot: The observed behavior.
        versions: The versions of QEMU and of the packages of the workshop.
    """
    entries = read_records()
    entry = entries.get(builder.name, {})
    boots = entry.get("boots", {}) if entry.get("builder") == builder.fingerprint else {}
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    entries[builder.name] = {
        "builder": builder.fingerprint,
        "boots": {**boots, source.value: {**asdict(boot), "date": today}},
        **versions,
    }
    FILE.write_text(json.dumps(dict(sorted(entries.items())), indent=1) + "\n", encoding="utf-8")


def read_records() -> dict[str, Any]:
    """Return all records by the names of the builders."""
    records: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return records
