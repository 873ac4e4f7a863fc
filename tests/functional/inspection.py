"""The base of the tests of inspections."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.guest_disks import sound_guest

FIT = "--description 'reads RNA' --multi-nic --os-distro debian --os-version 12 --architecture x86_64"
"""Options that describe the sound guest, after which it can be published."""


@dataclass(frozen=True)
class CountingGlance:
    """A Glance that counts the requests for the data of images.

    Args:
        environment: Of a user who signs in to it.
        requests: The counted requests.
    """

    environment: dict[str, str]
    requests: Fault

    @property
    def count(self) -> int:
        """The number of requests."""
        return self.requests.count


class InspectionTest(FunctionalTest):
    """Tests with a sound guest of alice, which was not inspected."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.qcow2"
        shutil.copyfile(sound_guest(), self.disk)
        self.image = self.name("rna")

    def create(self, options: str = f"--no-inspect {FIT}", *, disk: Path | None = None, **how: Any) -> str:
        """Create an image; return its ID."""
        command = f"vsc image create {self.image} --file {disk or self.disk} {options} -f value -c id"
        return self.openstack(command, **how).stdout.strip()

    def inspect(self, words: str, **how: Any) -> dict[str, Any]:
        """Inspect an image; return the facts."""
        found: dict[str, Any] = self.openstack(f"vsc image inspect {words} -f json", **how).json()
        return found

    def codes(self, words: str, **how: Any) -> set[str]:
        """Check an image; return the codes of the findings."""
        return {row["Code"] for row in self.openstack(f"vsc image check {words} -f json", **how).json()}

    def visibility(self, image_id: str) -> str:
        """Return the visibility of an image, by the standard client."""
        return str(self.openstack(f"image show {image_id} -f json").json()["visibility"])

    @contextmanager
    def counted(self, *faults: Fault, region: str = "devcloud", user: str = "alice") -> Iterator[CountingGlance]:
        """Run a Glance that counts, and has these faults, in the context."""
        counting = Fault(method="GET", path=r".*/v2/images/[^/]+/file")
        with faulty_glance(self.cloud.regions[region], *faults, counting) as address:
            yield CountingGlance(environment_at(self.cloud, user, address, self.folder), counting)

    def unknown_for(self, found: dict[str, Any]) -> Sequence[str]:
        """Return the reasons of the unknown facts."""
        return sorted(set(found["evidence"]["unknown"].values()))
