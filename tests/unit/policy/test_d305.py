from __future__ import annotations

from dataclasses import replace

from guestinspect.model.fact import unknown_fact
from tests import base
from tests.unit.policy.checking import KERNEL, findings
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Fix, SetField, UnsetField
from vscclient.model.settings import Settings
from vscclient.policy.engine import check_plan
from vscclient.policy.example import GIB, case


class TestD305(base.BaseTestCase):
    def test_a_byte_more_needs_a_gib_more(self) -> None:
        (found,) = findings("D305", image={"min_disk_gib": 10}, disk={"virtual_size_bytes": 10 * GIB + 1})

        self.assertEqual("the minimum disk would be 10 GiB, but the disk needs 11 GiB", found.message)
        self.assertEqual(Fix.by(SetField("min_disk", 11)) | Fix.by(UnsetField("min_disk")), found.fix)

    def test_the_message_about_an_existing_image_is_in_the_present_tense(self) -> None:
        (old,) = findings("D305", image={"min_disk_gib": 0}, before={"name": "old"})
        (new,) = findings("D305", image={"min_disk_gib": 9}, before={"min_disk_gib": 0})

        self.assertEqual("the minimum disk is 0 GiB, but the disk needs 10 GiB", old.message)
        self.assertEqual("the minimum disk would be 9 GiB, but the disk needs 10 GiB", new.message)

    def test_a_kernel_needs_no_disk(self) -> None:
        kernel = {"disk_format": "aki", "container_format": "aki", "min_disk_gib": 0}

        self.assertEqual([], findings("D305", image=kernel, disk=KERNEL))
        self.assertEqual(1, len(findings("D305", image=kernel)))  # a disk that is declared as a kernel

    def test_more_than_needed_is_fine(self) -> None:
        self.assertEqual([], findings("D305", image={"min_disk_gib": 80}))

    def test_an_unknown_size_is_a_warning_at_most(self) -> None:
        example = case()
        facts = replace(
            example.facts, disk=replace(example.facts.disk, virtual_size_bytes=unknown_fact("its header is damaged"))
        )

        (found,) = [one for one in check_plan(example.plan, facts, Settings()).findings if one.code == "D305"]

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))
