from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics, NicsAtBoot
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, KERNEL, findings
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


class TestN201(base.BaseTestCase):
    def test_a_private_image_gets_a_note(self) -> None:
        (found,) = findings("N201")

        self.assertEqual(Severity.NOTE, found.severity)

    def test_a_community_image_must_declare_its_nic_use(self) -> None:
        guest = {"nics_at_boot": Unknown("the disk is encrypted")}

        (found,) = findings("N201", image={"visibility": Visibility.COMMUNITY}, guest=guest)

        self.assertTrue(found.stops)
        self.assertEqual(
            Fix.by(SetField("vsc_multi_nic", "true")) | Fix.by(SetField("vsc_multi_nic", "false")), found.fix
        )

    def test_the_fix_declares_the_nics_of_the_guest(self) -> None:
        for verdict, value in ((Nics.ALL, "true"), (Nics.FIRST, "false"), (Nics.NAMED, "false")):
            with self.subTest(verdict=verdict):
                guest = {"nics_at_boot": NicsAtBoot(verdict, ("ens3",), ())}

                (found,) = findings("N201", image={"visibility": Visibility.COMMUNITY}, guest=guest)

                self.assertEqual(Fix.by(SetField("vsc_multi_nic", value)), found.fix)

    def test_a_single_nic_is_a_declaration(self) -> None:
        said = {"visibility": Visibility.COMMUNITY, "properties": {"vsc_multi_nic": "False"}}

        self.assertEqual([], findings("N201", image=said))

    def test_an_installer_has_no_guest(self) -> None:
        iso = {"visibility": Visibility.COMMUNITY, "disk_format": "iso"}

        self.assertEqual([], findings("N201", image=iso, disk=ISO, guest=INSTALLER))
        self.assertEqual(1, len(findings("N201", image=iso, disk=ISO)))  # a disk with a guest that is also an ISO

    def test_a_kernel_has_no_guest(self) -> None:
        kernel = {"visibility": Visibility.COMMUNITY, "disk_format": "aki", "container_format": "aki"}

        self.assertEqual([], findings("N201", image=kernel, disk=KERNEL))
        self.assertEqual(1, len(findings("N201", image=kernel)))  # a disk that is declared as a kernel

    def test_n201_can_be_waived(self) -> None:
        (found,) = findings("N201", image={"visibility": Visibility.COMMUNITY}, plan={"waived": frozenset({"N201"})})

        self.assertTrue(found.waived)
        self.assertFalse(found.stops)
