"""The examples on the page about pipelines, run as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml

from tests import disks
from tests.functional.base import FunctionalTest
from tests.guest_disks import sound_guest

PAGE = Path(__file__).parents[2] / "doc" / "source" / "user" / "pipelines.rst"


def _blocks(language: str) -> list[str]:
    """Return the blocks of code in a language on the page."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(rf"^\.\. code-block:: {language}\n\n((?:(?:   .*)?\n)+)", text, re.MULTILINE)
    return [textwrap.dedent(block) for block in found]


class TestPipelinePage(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.jobs: dict[str, Any] = yaml.safe_load(_blocks("yaml")[0])
        self.image, self.tag = self.name("rnatools"), "1.0"
        shutil.copyfile(sound_guest(), self.folder / self.jobs["variables"]["FILE"])

    def run_job(self, name: str, *, user: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a job as GitLab does: all lines in one shell, which stops at the first failure."""
        return self.run_script("\n".join(self.jobs[name]["script"]), user=user, **variables)

    def run_script(self, script: str, *, user: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script with the variables of the pipeline, and those of a user if it signs in."""
        login = self.cloud.users[user].environment if user else {}
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "no_proxy": "127.0.0.1",
            **self.jobs["variables"],
            "IMAGE": self.image,
            "CI_COMMIT_TAG": self.tag,
            **login,
            **variables,
        }
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def test_a_release_is_linted_published_and_deleted(self) -> None:
        name = f"{self.image}-{self.tag}"

        linted = self.run_job("lint")
        self.assertEqual(0, linted.returncode, linted.stderr)

        published = self.run_job("publish", user="alice_appcred")
        self.assertEqual(0, published.returncode, published.stderr)
        self.assertIn("community", self.openstack(f"image show {name} -f value -c visibility").stdout)

        deleted = self.run_job("delete", user="alice_appcred")
        self.assertEqual(0, deleted.returncode, deleted.stderr)
        self.assert_nothing_left(name)

    def test_a_deletion_needs_a_confirmation(self) -> None:
        self.run_job("publish", user="alice_appcred")
        without = self.jobs["delete"]["script"][0].replace(" --yes", "")

        deleted = self.run_script(without, user="alice_appcred")

        self.assertEqual(3, deleted.returncode, deleted.stderr)
        self.assertEqual(1, len(self.images_named(f"{self.image}-{self.tag}")))

    def test_a_file_with_errors_is_not_published(self) -> None:
        disks.truncated_qcow2(self.folder / self.jobs["variables"]["FILE"])

        linted = self.run_job("lint")
        published = self.run_job("publish", user="alice_appcred")

        self.assertEqual((3, 3), (linted.returncode, published.returncode))
        self.assertIn("D303", linted.stdout)
        self.assert_nothing_left(f"{self.image}-{self.tag}")

    def test_an_image_without_a_description_is_not_published(self) -> None:
        published = self.run_job("publish", user="alice_appcred", DESCRIPTION=" ")

        self.assertEqual(3, published.returncode)
        self.assertIn("V104", published.stdout)
        self.assert_nothing_left(f"{self.image}-{self.tag}")

    def test_the_findings_are_read_by_a_program(self) -> None:
        if not shutil.which("jq"):
            self.skipTest("there is no jq here")

        listed = self.run_script(_blocks("bash")[0])

        self.assertEqual(3, listed.returncode, listed.stderr)
        self.assertEqual(
            [
                "V104: the image has no description",
                "  use --description 'what is in it, and how to log in'",
            ],
            listed.stdout.splitlines()[:2],
        )

    def test_each_block_of_yaml_is_valid(self) -> None:
        for block in _blocks("yaml"):
            with self.subTest(block=block):
                self.assertIsInstance(yaml.safe_load(block), dict)

        self.assertEqual(2, len(_blocks("yaml")))
