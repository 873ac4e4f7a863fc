"""The base of the tests that create images."""

from __future__ import annotations

import os
from typing import Any

from tests.functional.base import FunctionalTest
from tests.guest_disks import sound_guest

MIB = 1024**2


class CreateTest(FunctionalTest):
    """Tests with a small raw disk of random data, and a disk with a sound guest."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(3 * MIB))
        self.guest = sound_guest()

    def show(self, image: str, user: str = "alice") -> dict[str, Any]:
        """Return the image as the standard client shows it."""
        shown: dict[str, Any] = self.openstack(f"image show {image} -f json", user=user).json()
        return shown

    def download(self, image_id: str, user: str = "alice") -> bytes:
        """Return the data of the image, by the standard client."""
        file = self.folder / image_id
        self.openstack(f"image save --file {file} {image_id}", user=user)
        return file.read_bytes()
