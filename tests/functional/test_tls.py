"""TLS with the options of ``openstack``."""

from __future__ import annotations

import os
import ssl

from tests.certificates import self_signed
from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at


class TestTls(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(65536))
        self.certificate = self_signed(self.folder, "127.0.0.1")

    def create(self, options: str, *faults: Fault, more: str = "", status: int = 0, says: tuple[str, ...] = ()) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        with faulty_glance(self.cloud.image_url, *faults, tls=context) as image_url:
            self.openstack(
                f"{options} vsc image create {self.image} --file {self.disk} {more}",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                status=status,
                says=says,
            )

    def test_an_unknown_authority_is_refused(self) -> None:
        self.create(
            "",
            status=1,
            says=("The certificate of the Image service cannot be verified: self-signed certificate. If your cloud",),
        )

    def test_an_authority_of_the_user_is_trusted(self) -> None:
        self.create(f"--os-cacert {self.certificate}")

    def test_a_slow_line_is_alive(self) -> None:
        self.disk.write_bytes(os.urandom(512 * 1024))
        slow = Fault(method="PUT", path="/v2/images/[^/]+/file", bytes_per_s=128 * 1024)

        self.create("--insecure", slow, more="--timeout 2")

    def test_insecure_disables_the_verification(self) -> None:
        self.create("--insecure")
