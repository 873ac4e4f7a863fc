"""TLS with the options of ``openstack``."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at


class TestTls(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(65536))
        self.certificate = _self_signed(self.folder)

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


def _self_signed(folder: Path) -> Path:
    """Write a key and a certificate for 127.0.0.1, valid for a day; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    return file
