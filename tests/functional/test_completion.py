"""Tab completion of the names that commands saw, by the installed program and the script that the command prints."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.functional.base import FunctionalTest

CALL = """
source "$SCRIPT"
COMP_LINE=$1 COMP_POINT=${#1}
_vscclient_openstack openstack "${1##* }"
printf '%s\\n' "${COMPREPLY[@]}"
"""


class TestCompletion(FunctionalTest):
    def complete(self, line: str, *, user: str = "alice", **environment: str) -> list[str]:
        """Return the candidates for the end of a line, for a user who has the variables of an openrc file."""
        script = self.folder / "completion.bash"
        if not script.exists():
            script.write_text(self.openstack("vsc image completion bash", environment={}).stdout)
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "SCRIPT": str(script)}
        done = subprocess.run(
            ["bash", "-c", CALL, "bash", f"openstack {line}"],
            env={**variables, **self.cloud.users[user].environment, **environment},
            capture_output=True,
            text=True,
        )
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def kept(self) -> list[Path]:
        return list((self.folder / ".cache" / "vscclient" / "names").glob("*"))

    def test_what_list_saw_is_completed_for_this_user_alone(self) -> None:
        name = self.name("rna")
        self.openstack(f"image create {name}", stdin=b"x", says=None)
        self.assertEqual([], self.complete(f"vsc image show {name[:-1]}"))

        self.openstack("vsc image list")

        self.assertEqual([name], self.complete(f"vsc image show {name[:-1]}"))
        self.assertEqual([], self.complete(f"vsc image show {name[:-1]}", user="bob"))

    def test_what_show_saw_is_completed_with_the_cloud_that_was_named(self) -> None:
        name = self.name("rna")
        self.openstack(f"image create {name}", stdin=b"x", says=None)
        clouds = {"OS_CLIENT_CONFIG_FILE": str(self.cloud.clouds_yaml)}

        self.openstack(f"--os-cloud alice vsc image show {name}", environment=clouds)

        line = f"vsc image show {name[:-1]}"
        without = dict.fromkeys(self.cloud.users["alice"].environment, "")
        self.assertEqual([name], self.complete(f"--os-cloud alice {line}", **{**without, **clouds}))
        self.assertEqual([name], self.complete(line, **{**without, **clouds, "OS_CLOUD": "alice"}))
        self.assertEqual([], self.complete(line))

    def test_what_share_saw_is_completed(self) -> None:
        name = self.name("rna")
        self.openstack(f"image create {name}", stdin=b"x", says=None)
        bob = self.cloud.users["bob"].project_id
        self.openstack(f"vsc image share {name} {bob} --waive D305", says=None)

        self.assertEqual([name], self.complete(f"vsc image private {name[:-1]}"))
        self.assertEqual([self.cloud.users["alice"].project_name], self.complete("vsc image share x "))

    def test_the_catalogue_is_completed_after_its_first_use(self) -> None:
        line = "vsc image set x --property sw_database_mysql_v"
        self.assertEqual([], self.complete(line))

        self.openstack("vsc image property list")

        self.assertIn("sw_database_mysql_version=", self.complete(line))

    def test_a_cache_that_cannot_be_written_disturbs_no_command(self) -> None:
        (self.folder / ".cache").write_text("not a folder")

        self.openstack("vsc image list")

        self.assertEqual([], self.kept())
