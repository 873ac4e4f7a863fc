"""What the cloud tells an instance: the config drive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from guests import disk
from guests.machine import AT_BOOT, mac


def config_drive(folder: Path) -> Path:
    """Make a config drive that lists the NICs. Source: Nova, "Metadata service", ``network_data.json``."""
    latest = folder / "openstack" / "latest"
    latest.mkdir(parents=True)
    for name, content in (("meta_data.json", _meta_data()), ("network_data.json", _network_data())):
        (latest / name).write_text(json.dumps(content), encoding="utf-8")
    made = folder / "config-drive"
    disk.config_drive(folder, made)
    return made


def _meta_data() -> dict[str, Any]:
    return {"uuid": "0f6a2f4c-5d5e-4d3c-9f2e-3a8f7c1b2d10", "hostname": "guest", "name": "guest", "public_keys": {}}


def _network_data() -> dict[str, Any]:
    positions = range(AT_BOOT)
    return {
        "links": [
            {"id": f"tap{n}", "vif_id": f"vif{n}", "type": "ovs", "mtu": 1450, "ethernet_mac_address": mac(n)}
            for n in positions
        ],
        "networks": [
            {"id": f"network{n}", "type": "ipv4_dhcp", "link": f"tap{n}", "network_id": f"net{n}"} for n in positions
        ],
        "services": [],
    }
