"""The result of an inspection as columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guestinspect.model.leftover import Kind, Leftover
from tests import base
from tests.unit.test_pages import NOTHING_FOUND
from vscclient.images.inspect import Inspected
from vscclient.osc.inspection import PrintableColumn, columns_of

KEY = Leftover(Kind.HOST_KEY, "/etc/ssh/ssh_host_rsa_key", "SSH host key", "root")
INSIDE = (
    "os_distro",
    "os_version",
    "architecture",
    "firmware",
    "cloud_init",
    "network_stack",
    "nics_at_boot",
    "nic_hotplug",
    "unclean_file_systems",
    *Kind,
)


class TestColumns(base.BaseTestCase):
    def column(self, name: str, **found: Any) -> PrintableColumn:
        """Return a column."""
        inspected: Inspected = replace(NOTHING_FOUND, **found)
        column = dict(zip(*columns_of(inspected), strict=True))[name]
        assert isinstance(column, PrintableColumn)
        return column

    def test_a_guest_that_was_not_inspected_is_not_called_clean(self) -> None:
        hygiene = self.column("hygiene")

        self.assertEqual((None, "unknown"), (hygiene.machine_readable(), hygiene.human_readable()))

    def test_the_reason_for_no_inspection_is_shown(self) -> None:
        unknown = dict.fromkeys(INSIDE, "it is a gzip file, not a disk")

        column = self.column("hygiene", unknown=unknown).human_readable()

        self.assertEqual("not inspected: it is a gzip file, not a disk", column)

    def test_a_guest_without_leftovers_is_called_clean(self) -> None:
        hygiene = self.column("hygiene", leftovers=dict.fromkeys(Kind, ()))

        self.assertEqual(([], "nothing was found"), (hygiene.machine_readable(), hygiene.human_readable()))

    def test_an_unknown_kind_is_shown_beside_the_leftovers(self) -> None:
        left = {kind: () for kind in Kind if kind is not Kind.LOG} | {Kind.HOST_KEY: (KEY,)}
        hygiene = self.column("hygiene", leftovers=left)

        self.assertEqual(["/etc/ssh/ssh_host_rsa_key"], [one["path"] for one in hygiene.machine_readable()])
        self.assertEqual(f"unknown: {Kind.LOG}", hygiene.human_readable().splitlines()[-1])

    def test_a_file_system_that_was_not_unmounted_is_shown(self) -> None:
        column = self.column("evidence", unclean_file_systems=("partition 1: it was not unmounted",))

        self.assertEqual(["partition 1: it was not unmounted"], column.machine_readable()["unclean_file_systems"])
        self.assertIn("partition 1: it was not unmounted", column.human_readable())

    def test_one_reason_for_all_facts_is_one_short_line(self) -> None:
        unknown = dict.fromkeys(("virtual_size", *INSIDE), "it is a gzip file, not a disk")

        column = self.column("evidence", unknown=unknown).human_readable()

        self.assertEqual("unknown: virtual_size, everything about the guest: it is a gzip file, not a disk", column)
