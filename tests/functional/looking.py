"""What the tests of ways to look inside an image share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.signing_in import environment_at
from tests.guest_disks import sound_guest

FIT = "--description 'reads RNA' --multi-nic --os-distro debian --os-version 12 --architecture x86_64"
"""Words about the sound guest, after which nothing stands against publishing it."""


@dataclass(frozen=True)
class Counted:
    """A Glance that counts who asks for the data of images.

    Args:
        environment: Of a user who signs in there.
        requests: That were counted.
    """

    environment: dict[str, str]
    requests: Fault

    @property
    def count(self) -> int:
        """How many requests there were."""
        return self.requests.count


class LookingTest(FunctionalTest):
    """Tests with a sound guest of alice's, into which nobody has looked."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.qcow2"
        shutil.copyfile(sound_guest(), self.disk)
        self.image = self.name("rna")

    def create(self, options: str = f"--no-inspect {FIT}", *, disk: Path | None = None, **how: Any) -> str:
        """A new image; its ID."""
        command = f"vsc image create {self.image} --file {disk or self.disk} {options} -f value -c id"
        return self.openstack(command, **how).stdout.strip()

    def inspect(self, words: str, **how: Any) -> dict[str, Any]:
        """What a look inside finds."""
        found: dict[str, Any] = self.openstack(f"vsc image inspect {words} -f json", **how).json()
        return found

    def codes(self, words: str, **how: Any) -> set[str]:
        """The codes of what a check finds."""
        return {row["Code"] for row in self.openstack(f"vsc image check {words} -f json", **how).json()}

    def visibility(self, image_id: str) -> str:
        """Whom it is for, by the standard client."""
        return str(self.openstack(f"image show {image_id} -f json").json()["visibility"])

    @contextmanager
    def counted(self, *faults: Fault, region: str = "devcloud", user: str = "alice") -> Iterator[Counted]:
        """A Glance that counts, and has these faults."""
        counting = Fault(method="GET", path=r".*/v2/images/[^/]+/file")
        with faulty_glance(self.cloud.regions[region], *faults, counting) as address:
            yield Counted(environment_at(self.cloud, user, address, self.folder), counting)

    def unknown_for(self, found: dict[str, Any]) -> Sequence[str]:
        """The reasons why something is unknown."""
        return sorted(set(found["evidence"]["unknown"].values()))
