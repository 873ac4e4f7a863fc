"""Names of strangers with line ends and control characters: no command writes a line of them."""

from __future__ import annotations

import shlex
import shutil

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, SharingTest

ENDS = "\n\r\x0b\x0c\x1c\x85\u2028\u2029\x1b[2J\x9b2J\u202e"
FORGED = "Created"


class TestHostileNames(SharingTest):
    def setUp(self) -> None:
        super().setUp()
        self.hostile = self.name("rna") + "".join(f"{end}{FORGED} {n}" for n, end in enumerate(ENDS))
        self.quoted = shlex.quote(self.hostile)

    def assert_harmless(self, command: str) -> None:
        """Run a command, whatever its end is; assert that it writes no line of the name."""
        result = self.openstack(command, status=None, says=None)
        for stream in (result.stdout, result.stderr):
            lines = stream.splitlines()
            self.assertEqual(
                [], [line for line in lines if line.startswith(f"{FORGED} ") and line[8:9].isdigit()], command
            )
            self.assertEqual([], [line for line in lines if not line.isprintable()], command)

    def test_no_command_writes_a_line_of_the_name_of_an_image(self) -> None:
        self.image = self.quoted
        image = self.create("--shared")
        friend = self.id_of(FRIEND)

        for command in (
            f"vsc image show {self.quoted}",
            f"vsc image show {image} -f shell",
            f"vsc image show {image} -f value",
            f"vsc image list --name {self.quoted}",
            "vsc image list --mine -f csv",
            f"vsc image check {self.quoted}",
            f"vsc image audit {self.quoted}",
            f"vsc image inspect {self.quoted}",
            f"vsc image set {self.quoted} --tag a",
            f"vsc image set {self.quoted} --tag a",
            f"vsc image unset {self.quoted} --tag b",
            f"vsc image share {self.quoted} {friend}",
            f"vsc image member list {self.quoted}",
            f"vsc image unshare {self.quoted} {friend}",
            f"vsc image unshare {self.quoted} {friend} --yes",
            f"vsc image private {self.quoted}",
            f"vsc image private {self.quoted} --dry-run",
            f"vsc image community {self.quoted}",
            f"vsc image share {self.quoted} {friend}",
            f"vsc image delete {self.quoted}",
            f"--debug vsc image show {image}",
            f"--debug --timing vsc image show {self.quoted}",
            f"-v vsc image list --name {self.quoted}",
            f"-v vsc image show {self.quoted} --no-such-option",
            f"vsc image delete {self.quoted} --yes",
        ):
            with self.subTest(command=command):
                self.assert_harmless(command)

    def test_no_command_writes_a_line_of_a_name_that_does_not_exist(self) -> None:
        image = self.create("--shared")
        for command in (
            f"vsc image show {self.quoted}",
            f"vsc image share {image} {self.quoted}",
            f"vsc image unshare {image} {self.quoted}",
            f"vsc image set {image} --project {self.quoted}",
            f"vsc image set {image} --property {shlex.quote(self.hostile + '=1')}",
            f"vsc image accept {self.quoted}",
            f"vsc image accept {image} --project {self.quoted}",
            f"vsc image accept {image} --from {self.quoted}",
            f"vsc image list --project {self.quoted}",
            f"vsc image audit {self.quoted}",
            f"vsc image delete {self.quoted}",
            f"vsc image rule show {self.quoted}",
            f"vsc image check --file {self.quoted}",
            f"vsc image show {self.quoted} {self.quoted}",
        ):
            with self.subTest(command=command):
                self.assert_harmless(command)

    def test_no_command_writes_a_line_of_the_name_of_a_member(self) -> None:
        image = self.create("--shared")
        for end in ("\n", "\u2028", "\x1b[2J"):
            self.openstack(f"image add project {image} {shlex.quote(f'x{end}{FORGED} 1')}")

        for command in (
            f"vsc image member list {image}",
            f"vsc image unshare {image} --all",
            f"vsc image private {image}",
            f"vsc image unshare {image} --all --yes",
        ):
            with self.subTest(command=command):
                self.assert_harmless(command)

    def test_no_command_writes_a_line_of_the_name_of_a_file(self) -> None:
        file = self.folder / f"rna{''.join(f'{end}{FORGED} 1' for end in ENDS)}"
        shutil.copyfile(self.disk, file)
        quoted = shlex.quote(str(file))

        for command in (
            f"vsc image create {self.image} --file {quoted} --single-nic",
            f"vsc image create {self.image} --file {quoted} --dry-run",
            f"vsc image check --file {quoted}",
            f"vsc image check --file {quoted} --for community",
            f"vsc image check {self.image} --file {quoted}",
            f"vsc image inspect --file {quoted}",
            f"vsc image audit --baseline {quoted}",
            f"vsc image create {self.image} --file {self.disk} --policy {quoted}",
        ):
            with self.subTest(command=command):
                self.assert_harmless(command)

    def test_an_error_of_a_service_is_one_line(self) -> None:
        for body in (f"<html><h1>400</h1>no{ENDS}{FORGED} 1</html>", f'{{"message": "no\\n{FORGED} 1\\u001b[2J"}}'):
            fault = Fault(method="GET", path="/v2/images", status=400, body=body)
            with self.subTest(body=body), faulty_glance(self.cloud.image_url, fault) as address:
                environment = environment_at(self.cloud, "alice", address, self.folder)
                for command in ("vsc image list", "--debug vsc image list"):
                    result = self.openstack(command, status=1, says=None, environment=environment)

                    lines = result.stderr.splitlines()
                    self.assertEqual([], [line for line in lines if line.startswith(FORGED)])
                    self.assertEqual([], [line for line in lines if not line.isprintable()])
