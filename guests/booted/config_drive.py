"""The config drive by which the cloud describes its NICs to an instance."""

from __future__ import annotations

import json
from pathlib import Path

from guests.booted.machine import NICS_AT_BOOT, mac_address
from guests.disks import disk

_META_DATA = {"uuid": "0f6a2f4c-5d5e-4d3c-9f2e-3a8f7c1b2d10", "hostname": "guest", "name": "guest", "public_keys": {}}


def make_config_drive(folder: Path) -> Path:
    """Make a config drive that lists the NICs. Source: Nova, "Metadata service", ``network_data.json``."""
    positions = range(NICS_AT_BOOT)
    network_data = {
        "links": [
            {"id": f"tap{n}", "vif_id": f"vif{n}", "type": "ovs", "mtu": 1450, "ethernet_mac_address": mac_address(n)}
            for n in positions
        ],
        "networks": [
            {"id": f"network{n}", "type": "ipv4_dhcp", "link": f"tap{n}", "network_id": f"net{n}"} for n in positions
        ],
        "services": [],
    }
    latest = folder / "openstack" / "latest"
    latest.mkdir(parents=True)
    for name, content in (("meta_data.json", _META_DATA), ("network_data.json", network_data)):
        (latest / name).write_text(json.dumps(content), encoding="utf-8")
    path = folder / "config-drive"
    disk.make_config_drive_disk(folder, path)
    return path
