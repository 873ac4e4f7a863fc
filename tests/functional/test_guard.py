"""The guard on the standard commands: the flaws that it stops, on the real services, with the standard client."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import fixtures
import yaml

from tests import disks
from tests.functional.base import FunctionalTest, Result
from vscclient.osc.guard.guard import is_empty

STOPPED = "Stopped by VSCCLIENT_GUARD; nothing was changed"


class GuardTest(FunctionalTest):
    mode = "enforce"

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable("VSCCLIENT_GUARD", self.mode))
        self.image = self.name("rna")

    def unguarded(self, command: str) -> str:
        """Run a command while the guard is off; return its output."""
        with fixtures.EnvironmentVariable("VSCCLIENT_GUARD"):
            return self.openstack(command, stdin=b"x", says=None).stdout.strip()

    def make(self, options: str = "") -> str:
        """Make an image by the standard client; return its ID."""
        return self.unguarded(f"image create {self.image} {options} -f value -c id")

    def stopped(self, command: str, *says: str, stdin: bytes | Path = b"") -> Result:
        """Run a command that the guard stops."""
        result = self.openstack(command, status=3, says=None, stdin=stdin)
        for part in (STOPPED, *says):
            self.assertIn(part, result.stderr)
        self.assertEqual("", result.stdout)
        return result


class TestEnforce(GuardTest):
    def test_the_name_of_a_project_is_not_stored_as_a_member(self) -> None:
        image_id = self.make("--shared")

        self.stopped(f"image add project {image_id} bob", "V106", f"openstack vsc image share {image_id} bob")

        self.assertEqual([], self.openstack(f"image member list {image_id} -f json").json())

    def test_an_image_does_not_lose_its_owner(self) -> None:
        image_id = self.make()
        owner = self.openstack(f"image show {image_id} -f value -c owner").stdout

        self.stopped(f"image set --project {'0' * 32} {image_id}", "is not one of your projects")

        self.assertEqual(owner, self.openstack(f"image show {image_id} -f value -c owner").stdout)

    def test_an_empty_standard_input_makes_no_image(self) -> None:
        self.stopped(f"image create {self.image}", "D303", "it is empty", "--file -", stdin=Path(os.devnull))
        self.stopped(f"image create {self.image}", "D303", "it is empty", stdin=b"")

        self.assert_nothing_left(self.image)

    def test_a_qcow2_is_not_declared_raw(self) -> None:
        disk = self.folder / "disk.qcow2"
        disks.qcow2(disk)

        self.stopped(
            f"image create {self.image} --file {shlex.quote(str(disk))}", "D307", f"--file {shlex.quote(str(disk))}"
        )

        self.assert_nothing_left(self.image)

    def test_a_property_does_not_publish_an_image(self) -> None:
        image_id = self.make()

        words = f"image set --property visibility=community {image_id}"
        self.stopped(words, "M403", f"--community {image_id}", f"Fix what is above, and use: openstack vsc {words}")
        self.stopped(f"image create {self.name('x')} --property visibility=community", "M403", stdin=b"x")

        self.assertEqual("shared", self.openstack(f"image show {image_id} -f value -c visibility").stdout.strip())

    def test_who_loses_access_is_named_before(self) -> None:
        image_id = self.make("--community")

        words = f"image set --private {image_id}"
        self.stopped(words, "Everybody else loses access", f"Use instead: openstack vsc {words}")
        self.stopped(f"image delete {image_id}", "Other people can use", f"openstack vsc image delete {image_id}")

        self.assertEqual("community", self.openstack(f"image show {image_id} -f value -c visibility").stdout.strip())

    def test_what_is_harmless_goes_on(self) -> None:
        image_id = self.make()

        self.openstack(f"image set --tag rna {image_id}", says=None)
        self.openstack(f"image set --hidden {image_id}", says=None)
        self.openstack(f"image delete {image_id}", says=[])

        self.assert_nothing_left(self.image)

    def test_errors_of_the_standard_command_are_its_own(self) -> None:
        self.openstack(f"image set --tag a {self.image}", status=1, says=["No Image found"])
        self.openstack(f"image create {self.image} --file /nowhere", status=1, says=["/nowhere"])


class TestWarn(GuardTest):
    mode = "warn"

    def test_a_flaw_is_reported_and_the_command_goes_on(self) -> None:
        created = self.openstack(f"image create {self.image} -f json", says=None, stdin=b"")

        self.assertIn("error D303: it is empty (standard input)", created.stderr)
        self.assertIn("The command goes on, because VSCCLIENT_GUARD is warn", created.stderr)
        self.assertEqual(self.image, created.json()["name"])


class TestMode(GuardTest):
    mode = ""

    def test_off_is_the_default_and_says_nothing(self) -> None:
        self.openstack(f"image create {self.image} -f json", stdin=b"", says=[])

    def test_a_misspelt_mode_does_not_switch_the_guard_off(self) -> None:
        with fixtures.EnvironmentVariable("VSCCLIENT_GUARD", "enforec"):
            self.openstack(f"image create {self.image}", status=2, says=["possible values: off, warn, enforce"])

        self.assert_nothing_left(self.image)

    def test_the_section_of_clouds_yaml_switches_the_guard_on(self) -> None:
        clouds = yaml.safe_load(self.cloud.clouds_yaml.read_text(encoding="utf-8"))
        file = self.folder / "clouds.yaml"
        environment = {"OS_CLOUD": "alice", "OS_CLIENT_CONFIG_FILE": str(file)}
        for place in (clouds, clouds["clouds"]["alice"]):
            with self.subTest("a cloud" if place is not clouds else "all clouds"):
                place["vscclient"] = {"guard": "enforce"}
                file.write_text(yaml.safe_dump(clouds))

                result = self.openstack(f"image create {self.image}", status=3, says=None, environment=environment)

                self.assertIn("Stopped by vscclient: guard in clouds.yaml (for", result.stderr)
                del place["vscclient"]

    def test_the_help_names_our_command(self) -> None:
        for command, counterpart in (("create", "create"), ("set", "set"), ("add project", "share")):
            with self.subTest(command):
                shown = self.openstack(f"help image {command}").stdout

                self.assertIn(f"'openstack vsc image {counterpart}'", " ".join(shown.split()))


class TestIsEmpty(GuardTest):
    def test_only_what_certainly_has_no_data_is_empty(self) -> None:
        empty, full = self.folder / "empty", self.folder / "full"
        empty.write_bytes(b"")
        full.write_bytes(b"x")
        for path, expected in ((empty, True), (full, False), (Path(os.devnull), True), (Path("/dev/zero"), False)):
            with self.subTest(path.name), path.open("rb") as file:
                self.assertEqual(expected, is_empty(file.fileno()))

    def test_a_pipe_is_empty_once_its_writer_is_gone(self) -> None:
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.assertFalse(is_empty(reader))
        os.write(writer, b"x")
        os.close(writer)
        self.assertFalse(is_empty(reader))
        os.read(reader, 1)

        self.assertTrue(is_empty(reader))
