from __future__ import annotations

from guests.builders.observation import find_failure
from tests import base


class TestFailure(base.BaseTestCase):
    def test_a_shell_of_the_initramfs_is_a_failed_boot(self) -> None:
        output = "ALERT!  /dev/loop0p1 does not exist.  Dropping to a shell!\n\n(initramfs) "

        self.assertEqual("stops in the shell of its initramfs", find_failure(output))

    def test_a_disk_without_a_boot_loader_is_a_failed_boot(self) -> None:
        output = "Booting from Hard Disk...\nNo bootable device."

        self.assertEqual("the firmware finds no boot loader", find_failure(output))

    def test_a_prompt_for_a_user_is_no_failure(self) -> None:
        self.assertEqual("", find_failure("Debian GNU/Linux 12 guest ttyS0\n\nguest login: "))
