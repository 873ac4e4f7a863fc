"""Folders of configuration files: which file is effective, and which drop-ins follow it."""

from __future__ import annotations

from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from tests import base
from tests.trees import MemoryTree

FOLDERS = ("/etc/x", "/run/x", "/usr/lib/x")


class TestConfFiles(base.BaseTestCase):
    def test_a_file_hides_those_of_its_name_in_later_folders(self) -> None:
        tree = MemoryTree({"/usr/lib/x/b.network": "lib", "/etc/x/b.network": "etc", "/run/x/a.network": "run"})

        self.assertEqual(("/run/x/a.network", "/etc/x/b.network"), list_conf_files(tree, FOLDERS, ".network"))

    def test_an_empty_file_or_a_link_to_dev_null_is_a_mask(self) -> None:
        tree = MemoryTree(
            {"/usr/lib/x/a.link": "lib", "/usr/lib/x/b.link": "lib", "/etc/x/b.link": ""},
            links={"/etc/x/a.link": "/dev/null"},
        )

        self.assertEqual((), list_conf_files(tree, FOLDERS, ".link"))

    def test_drop_ins_of_all_folders_follow_the_file(self) -> None:
        tree = MemoryTree(
            {
                "/etc/x/a.network": "[Network]\nDHCP=no\n",
                "/usr/lib/x/a.network.d/20.conf": "[Network]\nDHCP=ipv6\n",
                "/etc/x/a.network.d/10.conf": "[Network]\nDHCP=yes\n",
            }
        )

        file = read_with_drop_ins(tree, "/etc/x/a.network", FOLDERS)

        self.assertEqual(["no", "yes", "ipv6"], [entry.value for entry in file.entries("Network", "DHCP")])
