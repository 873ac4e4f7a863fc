"""The base of the tests with images that the standard client created and shared."""

from __future__ import annotations

import os
import shlex
from typing import Any

from tests.functional.base import FunctionalTest

LAB, PARTNER, THIRD = "VSC_00001", "VSC_00002", "VSC_00003"
"""The projects of alice, bob and carol; dave is in the first two."""


class StandardImageTest(FunctionalTest):
    """Tests with images of a small raw disk that are shared by the standard client."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(65536))
        self.image = self.name("rna")

    def project(self, name: str) -> str:
        """Return the ID of a project."""
        return self.cloud.projects[name]

    def create(self, options: str = "", *, user: str = "alice", name: str | None = None) -> str:
        """Create an image; return its ID."""
        words = f"image create {shlex.quote(name or self.image)} --file {self.disk} -f value -c id {options}"
        return self.openstack(words, user=user).stdout.strip()

    def shared(self, *projects: str, user: str = "alice", name: str | None = None) -> str:
        """Create an image that is shared with these projects; return its ID."""
        image_id = self.create("--shared", user=user, name=name)
        for project in projects:
            self.openstack(f"image add project {image_id} {self.project(project)}", user=user)
        return image_id

    def statuses(self, image_id: str, *, user: str = "alice") -> dict[str, str]:
        """Return the status of each member, by its ID, from the standard client."""
        listed: list[dict[str, Any]] = self.openstack(f"image member list {image_id} -f json", user=user).json()
        return {member["Member ID"]: member["Status"] for member in listed}
