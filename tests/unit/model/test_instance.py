"""An instance of an image."""

from __future__ import annotations

from guestinspect.model.fact import Unknown, known_fact
from guestinspect.model.guest import Guest, Nics, NicsAtBoot, RootDevice
from tests import base
from vscclient.model.image import Image
from vscclient.model.instance import disk_bus_of, guest_on_disk_bus


class TestDiskBus(base.BaseTestCase):
    def test_the_bus_of_the_image_counts_before_the_default(self) -> None:
        for properties, bus in (
            ({}, "virtio"),
            ({"hw_disk_bus": "scsi"}, "scsi"),
            ({"hw_disk_bus": " SATA "}, "sata"),
            ({"hw_disk_bus": "", "img_hv_type": "qemu"}, "virtio"),
            ({"hypervisor_type": "xen", "hw_disk_bus": "ide"}, "ide"),
            ({"hypervisor_type": "xen"}, ""),
            ({"hw_disk_bus": "virtoi"}, ""),
        ):
            with self.subTest(properties=properties):
                self.assertEqual(bus, disk_bus_of(Image(name="rna", properties=properties)))

    def test_a_file_alone_has_the_default_bus(self) -> None:
        nics = known_fact(NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), ()), "")
        guest = Guest(root_device=known_fact(RootDevice("/dev/vda1", ("virtio",)), ""), nics_at_boot=nics)
        scsi = Image(name="rna", properties={"hw_disk_bus": "scsi"})

        self.assertEqual(Nics.ALL, guest_on_disk_bus(guest, None).nics_at_boot().value.verdict)
        self.assertRaises(Unknown, guest_on_disk_bus(guest, scsi).nics_at_boot)
