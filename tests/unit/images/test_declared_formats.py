"""The data decides what is checked: every file under every pair of formats that an image can declare."""

from __future__ import annotations

import gzip
import lzma
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import ClassVar
from unittest import mock

from guestinspect.model.fact import Unknown
from tests import base, disks, volumes
from tests.guest_disks import guest_disk
from vscclient.images import check
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import opened_source
from vscclient.images.data.stream_source import StreamSource
from vscclient.images.inspection.local import data_of_file
from vscclient.images.options.groups import Attributes, Consent, InspectOptions
from vscclient.model.facts import Facts
from vscclient.model.finding import Outcome
from vscclient.model.image import COMPRESSED, Image
from vscclient.model.plan import Plan
from vscclient.model.terminal import SilentTerminal
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import rules

CONTAINER_FORMATS = ("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed")
DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop")
"""The defaults of Glance (``glance.common.config``, ``image_format_opts``)."""

ALL_PAIRS = tuple(product(CONTAINER_FORMATS, DISK_FORMATS))
_ANY_DISK = {"bare", "ovf", "ami"}


def _pairs(containers: set[str], formats: set[str]) -> frozenset[tuple[str, str]]:
    return frozenset(product(containers, formats))


_ARCHIVES = {"ova": _pairs({"ova", "docker"}, set(DISK_FORMATS)), "tar": _pairs({"docker"}, set(DISK_FORMATS))}

FITTING: Mapping[str, frozenset[tuple[str, str]]] = {
    **{name: _pairs(_ANY_DISK, {name}) for name in ("vhd", "vhdx", "vmdk", "qcow2", "vdi", "iso", "ploop")},
    **{name: _pairs(_ANY_DISK, {"raw", "ami"}) for name in ("raw", "file system", "unrecognized")},
    "kernel": _pairs({"bare", "ovf", "aki"}, {"aki", "raw"}),
    "kernel.gz": _pairs({"bare", "ovf", "aki", "compressed"}, {"aki"}) | _pairs({"aki", "compressed"}, {"raw"}),
    "ramdisk": _pairs({"bare", "ovf", "ari", "compressed"}, {"ari"}) | _pairs({"ari", "compressed"}, {"raw"}),
    **_ARCHIVES,
    "qcow2.gz": _pairs({"compressed"}, {"qcow2"}),
    "qcow2.zip": _pairs({"compressed"}, {"qcow2"}),
    "raw.gz": _pairs({"compressed"}, {"raw", "ami"}),
    "qcow2.xz": frozenset(),
}
"""The pairs of container format and disk format that each file fits."""

REPORTED = frozenset({"D301", "D304", "D307"})
"""The rules about data that does not fit a format."""


def write_files(folder: Path) -> None:
    """Write a small file of each kind."""
    for name in ("vhdx", "vdi", "qcow2", "iso", "ploop", "kernel", "ramdisk"):
        getattr(disks, name)(folder / name)
    disks.dynamic_vhd(folder / "vhd")
    disks.vmdk_sparse(folder / "vmdk")
    disks.raw_with_mbr(folder / "raw")
    disks.raw(folder / "unrecognized")
    (folder / "file system").write_bytes(disks.with_bytes(1080, b"\x53\xef"))
    disks.ova(folder / "ova")
    disks.tar(folder / "tar", "manifest.json", "layer.tar")
    for name in ("kernel", "qcow2", "raw"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    (folder / "qcow2.xz").write_bytes(lzma.compress((folder / "qcow2").read_bytes()))
    with zipfile.ZipFile(folder / "qcow2.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "qcow2", "rna.qcow2")


_RULES = tuple(rule for rule in rules() if rule.code in REPORTED | {"D302", "D305", "D306", "H503", "N204"})


@contextmanager
def opened(file: Path, container_format: str) -> Iterator[Facts]:
    """Yield the facts of a file whose guest is not inspected, as for an image with this container format."""
    with opened_source(str(file), None) as source:
        data = data_of_file(source, InspectOptions(inspect=False), container_format)
        yield Facts(disk=data.disk, guest=data.guest)


def checked(facts: Facts, pair: tuple[str, str]) -> tuple[set[str], set[str]]:
    """Return the codes of the errors, and of the rules that could not be checked, for a community image."""
    image = Image(name="rna", visibility=Visibility.COMMUNITY, container_format=pair[0], disk_format=pair[1])
    errors, unknown = set(), set()
    for rule in _RULES:  # not the engine: it would ask all rules
        try:
            if any(rule.check(Plan(image=image), facts)):
                errors.add(rule.code)
        except Unknown:
            unknown.add(rule.code)
    return errors, unknown


class TestDeclaredFormats(base.BaseTestCase):
    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        write_files(cls.folder)

    def results(
        self, name: str, pairs: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[tuple[str, str], set[str], set[str]]]:
        """Yield each pair of formats with the codes of the errors, and of the rules that could not be checked."""
        with opened(self.folder / name, "bare") as plain, opened(self.folder / name, COMPRESSED) as unpacked:
            for pair in pairs:
                with self.subTest(name, pair=pair):
                    yield pair, *checked(unpacked if pair[0] == COMPRESSED else plain, pair)

    def test_every_file_is_checked_under_every_pair_of_formats(self) -> None:
        for name, fitting in FITTING.items():
            for pair, errors, _unknown in self.results(name, ALL_PAIRS):
                if name != "unrecognized" or {"aki", "ari"}.isdisjoint(pair):
                    self.assertEqual(pair in fitting, errors.isdisjoint(REPORTED), f"{name} {pair}: {errors}")

    def test_data_that_is_not_recognized_is_unknown_as_a_kernel(self) -> None:
        pairs = (("aki", "aki"), ("ari", "ari"), ("bare", "aki"), ("ovf", "ari"))
        for _pair, errors, unknown in self.results("unrecognized", pairs):
            self.assertLessEqual({"D301", "D302", "D305", "H503", "N204"}, unknown)
            self.assertEqual(set(), REPORTED & errors)

    def test_the_disk_in_an_archive_is_unknown_and_never_fine(self) -> None:
        for name, pairs in _ARCHIVES.items():
            for _pair, _errors, unknown in self.results(name, pairs):
                self.assertLessEqual({"D302", "D305", "H503", "N204"}, unknown)

    def test_a_reference_to_another_file_is_found_under_every_pair_of_formats(self) -> None:
        disks.qcow2_with_backing_file(self.folder / "backed")
        (self.folder / "backed.gz").write_bytes(gzip.compress((self.folder / "backed").read_bytes()))
        for name in ("backed", "backed.gz"):
            pairs = [pair for pair in ALL_PAIRS if (pair[0] == COMPRESSED) == (name == "backed.gz")]
            for _pair, errors, _unknown in self.results(name, pairs):
                self.assertIn("D302", errors)

    def test_a_disk_that_is_not_inspected_is_unknown_under_every_pair_of_formats(self) -> None:
        for name in ("raw", "iso"):
            for _pair, _errors, unknown in self.results(name, ALL_PAIRS):
                self.assertLessEqual({"H503", "N204", "D306"}, unknown)


class TestGuest(base.BaseTestCase):
    """The guest on a disk is inspected and checked whatever the image is declared as."""

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.disk = Path(folder.name) / "rna"
        guest_disk(self.disk, files={"/root/.ssh/id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n"})

    def codes(self, file: Path, container_format: str, disk_format: str | None = None) -> set[str]:
        """Return the codes of the errors about a file, as a community image with these formats."""
        attributes = Attributes(container_format=container_format, disk_format=disk_format)
        wanted = check.Options(file=str(file), attributes=attributes, visibility=Visibility.COMMUNITY)
        findings = check.run(mock.Mock(spec=Cloud), wanted, SilentTerminal()).report.findings
        return {each.code for each in findings if each.stops}

    def test_a_private_key_is_found_in_another_container_format(self) -> None:
        for pair in (("ovf", None), ("ovf", "raw"), ("aki", None), ("ova", "vmdk"), ("bare", "ploop"), ("ami", "iso")):
            with self.subTest(pair):
                self.assertIn("H503", self.codes(self.disk, *pair))

    def test_a_private_key_is_found_in_a_compressed_disk(self) -> None:
        packed = self.disk.with_suffix(".gz")
        packed.write_bytes(gzip.compress(self.disk.read_bytes()))

        self.assertEqual({"H503"}, {"H503", "D301", "D304"} & self.codes(packed, COMPRESSED))

    def test_a_private_key_is_found_although_the_disk_looks_like_an_iso_or_a_kernel(self) -> None:
        raw = self.disk.with_suffix(".raw")
        volumes.run("qemu-img", "convert", "-O", "raw", self.disk, raw)
        for at, data, pair in ((32768, b"\1CD001\1", ("bare", "iso")), (0x202, b"HdrS", ("aki", "aki"))):
            with self.subTest(pair):
                with raw.open("r+b") as file:
                    file.seek(at)
                    file.write(data)

                self.assertIn("H503", self.codes(raw, *pair))

    def test_a_compressed_file_that_cannot_be_unpacked_is_unknown(self) -> None:
        packed = self.disk.with_suffix(".gz")
        packed.write_bytes(gzip.compress(self.disk.read_bytes())[:-100])

        with opened(packed, COMPRESSED) as facts:
            why = self.assertRaises(Unknown, facts.disk.disk_format).why

        self.assertIn("the gzip file cannot be unpacked", why)

    def test_a_compressed_disk_is_inspected_while_it_is_piped(self) -> None:
        backed, packed = self.disk.with_suffix(".backed"), self.disk.with_suffix(".gz")
        disks.qcow2_with_backing_file(backed)
        packed.write_bytes(gzip.compress(backed.read_bytes()))
        with packed.open("rb") as pipe:
            source = StreamSource("standard input", pipe, None)

            disk = data_of_file(source, InspectOptions(inspect=False), COMPRESSED).disk

        self.assertEqual(("gzip", "qcow2"), (disk.archive_format().value, disk.disk_format().value))
        self.assertEqual(("backing file '/images/base.qcow2'",), disk.references().value)

    def test_a_waived_archive_is_reported_as_not_inspected(self) -> None:
        packed = self.disk.with_suffix(".gz")
        packed.write_bytes(gzip.compress(self.disk.read_bytes()))
        options = check.Options(
            file=str(packed), visibility=Visibility.COMMUNITY, consent=Consent(waived=frozenset({"D304"}))
        )

        findings = check.run(mock.Mock(spec=Cloud), options, SilentTerminal()).report.findings

        (key,) = (each for each in findings if each.code == "H503")
        self.assertEqual((Outcome.UNKNOWN, "it is a gzip file, not a disk"), (key.outcome, key.message))
