"""The plugin among the other commands of ``openstack``: help, completion, the interactive shell, output formats."""

from __future__ import annotations

import json
import os
import shlex
import subprocess

import yaml

from guestinspect.model.printable import printable
from tests.functional.base import FunctionalTest
from tests.guest_disks import sound_guest


class TestPlugin(FunctionalTest):
    def test_help_lists_our_commands_without_a_cloud(self) -> None:
        listed = self.openstack("--help", environment={})

        self.assertIn("vsc image create", listed.stdout)

    def test_help_of_a_command_ends_with_the_differences(self) -> None:
        text = self.openstack("vsc image create --help", environment={}).stdout

        self.assertIn("Differences from openstack image create:", text)
        self.assertIn("* the image is private by default\n", text)

    def test_tab_completion_knows_our_commands_and_options(self) -> None:
        script = self.openstack("complete", environment={}).stdout

        self.assertRegex(script, r"cmds_vsc_image='[^']*\bcreate\b[^']*\bshare\b")
        self.assertIn("--multi-nic", script)
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)

    def test_the_interactive_shell_runs_our_commands(self) -> None:
        process = self.process("", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        stdout, stderr = process.communicate(b"vsc image show nosuch\nvsc image create x\nquit\n", timeout=60)

        self.assertIn("No image has the name or ID 'nosuch'", stderr.decode(), stdout.decode())
        self.assertIn("Specify the data", stderr.decode())

    def test_a_missing_file_is_reported_without_a_login(self) -> None:
        self.openstack("vsc image create x --file nosuch", environment={}, status=1, says=["there is no such file"])


class TestFormats(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(65536))
        self.name_evil = f'{self.name("rna")}"; touch {self.folder}/pwned; $(touch {self.folder}/pwned) \x1b[31m\u202e'

    def create(self, options: str) -> str:
        return self.openstack(f"vsc image create {shlex.quote(self.name_evil)} --file {self.disk} {options}").stdout

    def test_shell_output_can_be_evaluated(self) -> None:
        script = self.create("-f shell --prefix image_")

        done = subprocess.run(
            ["sh", "-c", f'{script}\nprintf %s "$image_name"'], capture_output=True, check=True, cwd=self.folder
        )

        self.assertEqual((self.name_evil.encode(), b""), (done.stdout, done.stderr))
        self.assertFalse((self.folder / "pwned").exists())

    def test_tables_escape_control_characters(self) -> None:
        table = self.create("")

        self.assertNotIn("\x1b", table)
        self.assertIn(r"\x1b[31m\u202e", table)

    def test_value_is_one_line_without_control_characters(self) -> None:
        self.assertEqual(f"{printable(self.name_evil)}\n", self.create("-f value -c name"))

    def test_json_is_exact(self) -> None:
        self.assertEqual(self.name_evil, json.loads(self.create("-f json"))["name"])

    def test_yaml_is_exact(self) -> None:
        self.assertEqual(self.name_evil, yaml.safe_load(self.create("-f yaml"))["name"])

    def test_quiet_prints_the_result_only(self) -> None:
        created = self.openstack(f"-q vsc image create {self.name('rna')} --file {sound_guest()}")

        self.assertEqual("", created.stderr)
