"""The commands of the manual that clean a guest before its snapshot."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import fixtures

from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests import base
from tests.trees import MemoryTree

SCRIPT = Path(__file__).parents[3] / "doc/source/user/clean_guest.sh"

ID = "0123456789abcdef0123456789abcdef\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me\n"
LIVED_IN = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n",
    "/etc/shadow": "root:!:19000:0:99999:7:::\nalice:!:19000:0:99999:7:::\n",
    "/etc/shadow-": "alice:$6$saltsalt$abcdefghijklmnop:19000:0:99999:7:::\n",
    "/etc/ssh/ssh_host_rsa_key": "-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "/etc/ssh/ssh_host_rsa_key.pub": "ssh-rsa AAAAB3 root@host\n",
    "/root/.ssh/authorized_keys": KEY,
    "/home/alice/.ssh/authorized_keys": KEY,
    "/home/alice/.bash_history": "ls\n",
    "/home/alice/.viminfo": "x\n",
    "/home/alice/notes.txt": "kept\n",
    "/root/.python_history": "1 + 1\n",
    "/etc/machine-id": ID,
    "/var/lib/dbus/machine-id": ID,
    "/var/lib/cloud/instances/i-1/obj.pkl": "x",
    "/var/lib/dhcp/dhclient.leases": "lease {}\n",
    "/var/lib/systemd/random-seed": "x",
    "/var/log/syslog": "x\n",
    "/var/log/journal/0123/system.journal": "x",
    "/var/mail/alice": "From x\n",
}
LEFT_BY_USE = (Kind.HOST_KEY, Kind.AUTHORIZED_KEY, Kind.PASSWORD, Kind.HISTORY, Kind.IDENTITY, Kind.LOG)


class TestCleaning(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        if not SCRIPT.exists():
            self.skipTest("the documentation is not beside the tests")
        self.root = Path(self.useFixture(fixtures.TempDir()).path)
        for path, content in LIVED_IN.items():
            file = self.root / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")

    def clean(self) -> None:
        """Runs the commands in a folder instead of a guest, with functions for cloud-init and systemctl."""
        played = 'cloud-init() { rm -rf "$ROOT/var/lib/cloud"; }\nsystemctl() { :; }\n'
        inside = re.sub(r"(?<= )/", '"$ROOT"/', SCRIPT.read_text(encoding="utf-8"))
        subprocess.run(["bash", "-c", played + inside], env={"ROOT": str(self.root)}, check=True)

    def left(self) -> set[Kind]:
        """Return the leftovers of the guest."""
        files = [path for path in self.root.rglob("*") if path.is_file()]
        tree = MemoryTree({f"/{path.relative_to(self.root)}": path.read_bytes() for path in files})
        return {kind for kind in Kind if find_leftovers(tree, kind).value}

    def test_cleaning_removes_what_the_use_of_a_guest_leaves(self) -> None:
        before = self.left()

        self.clean()

        self.assertEqual(set(LEFT_BY_USE), before)
        self.assertEqual(set(), self.left())

    def test_cleaning_keeps_what_the_guest_needs(self) -> None:
        self.clean()

        self.assertEqual("", (self.root / "etc/machine-id").read_text())
        self.assertEqual("kept\n", (self.root / "home/alice/notes.txt").read_text())
        self.assertTrue((self.root / "var/log/journal").is_dir())

    def test_cleaning_ends_with_the_instance_off(self) -> None:
        self.assertIn("poweroff", SCRIPT.read_text(encoding="utf-8").splitlines()[-1])
