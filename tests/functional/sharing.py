"""The base of the tests that change who can use an image."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import Any

from tests.functional.base import FunctionalTest
from tests.guest_disks import sound_guest

FRIEND, ANOTHER, MINE = "VSC_00002", "VSC_00003", "VSC_00001"

UNDECLARED = ["M404", "--architecture x86_64", "M405", "--os-distro debian --os-version 12", "N201", "--multi-nic"]
"""The findings for an image without a description of its guest, and their fixes."""


class SharingTest(FunctionalTest):
    """Tests with images of alice (VSC_00001), for bob (VSC_00002) and carol (VSC_00003)."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.qcow2"
        shutil.copyfile(sound_guest(), self.disk)
        self.image = self.name("rna")

    def id_of(self, project: str) -> str:
        """Return the ID of a project."""
        return self.cloud.projects[project]

    def create(self, options: str = "", *, user: str = "alice", says: Sequence[str] = ()) -> str:
        """Create an image without a flaw; return its ID."""
        fit = "--single-nic --description 'reads RNA' --min-disk 1"
        command = f"vsc image create {self.image} --file {self.disk} {fit} -f value -c id {options}"
        return self.openstack(command, user=user, says=says).stdout.strip()

    def create_as_the_standard_client_does(self, user: str = "alice") -> str:
        """Create an image as the standard client does: too small a ``min_disk``, no description. Return its ID."""
        disk = sound_guest(virtual_size_gib=2)
        command = f"image create {self.image} --disk-format qcow2 --file {disk} -f value -c id"
        return self.openstack(command, user=user).stdout.strip()

    def show(self, image_id: str, user: str = "alice") -> dict[str, Any]:
        """Return the image as the standard client shows it."""
        shown: dict[str, Any] = self.openstack(f"image show {image_id} -f json", user=user).json()
        return shown

    def members(self, image_id: str, user: str = "alice") -> dict[str, str]:
        """Return the members of an image and their statuses, by the standard client."""
        listed = self.openstack(f"image member list {image_id} -f json", user=user).json()
        return {member["Member ID"]: member["Status"] for member in listed}

    def rows(self, command: str, *, status: int = 0, says: Sequence[str] = (), user: str = "alice") -> list[Any]:
        """Run a command; return its rows as lists of their values."""
        result = self.openstack(f"{command} -f json", status=status, says=says, user=user)
        return [list(row.values()) for row in json.loads(result.stdout)]
