"""The standard client's own tests of its image commands, run on ours.

python-openstackclient has them in its wheel. ``vsc`` is put into their commands, wherever there is a ``vsc`` command of
that name; ``EXCEPTIONS`` is all that has to be different.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any
from unittest import mock

import testtools

from tests.functional.base import FunctionalTest
from tests.functional.creating import CreateTest


@dataclass(frozen=True, kw_only=True)
class Exceptional:
    """What has to be different in some of their commands.

    Args:
        commands: A regular expression for the whole command, as they type it.
        adds: Words to say after it; ``DISK`` is one with a guest.
        user: Who says it instead.
        because: Why ours needs that.
        fails: The name of their test that fails without it.
        says: What is said there then.
    """

    commands: str
    adds: str = ""
    user: str = ""
    because: str
    fails: str
    says: str


EXCEPTIONS = (
    Exceptional(
        commands="image create .*",
        adds="--file DISK",
        because="a source has to be named: theirs makes an image of whatever standard input is, if it is only nothing",
        fails="test_image_list",
        says="Specify the data: --file FILE",
    ),
    Exceptional(
        commands="image create .*",
        adds="--shared",
        because="an image is private unless something else is said, and theirs skips what it tests of members then",
        fails="test_image_members",
        says="no project was added",
    ),
    Exceptional(
        commands="token issue|image set --(accept|reject) .*|image list .*--shared",
        user="bob",
        because="theirs shares an image with the project that owns it, which helps nobody (V106); here another answers",
        fails="test_image_members",
        says="Refused by V106",
    ),
    Exceptional(
        commands="image remove project .*",
        adds="--yes",
        because="a project loses access, and a test has no terminal to say yes on",
        fails="test_image_members",
        says="To proceed anyway, add: --yes",
    ),
    Exceptional(
        commands="image delete .*",
        adds="--yes",
        because="everybody loses it, once it is public, and a test has no terminal to say yes on",
        fails="test_image_attributes",
        says="To proceed anyway, add: --yes",
    ),
)


def _theirs() -> Any:
    """Their tests. The base of them all wants tempest, for functions that the tests of images do not use."""
    unused = {name: mock.Mock() for name in ("tempest", "tempest.lib", "tempest.lib.cli")}
    with mock.patch.dict(sys.modules, unused):
        return importlib.import_module("openstackclient.tests.functional.image.v2.test_image").ImageTests


def with_vsc(command: str) -> str:
    """The command with ``vsc`` before it, if ours has one of its name."""
    ours = entry_points(group="openstack.vsc.v1").names
    words = command.split()
    known = any("_".join(["vsc", *words[:length]]) in ours for length in range(1, len(words) + 1))
    return f"vsc {command}" if known else command


class TestStandardTests(_theirs(), CreateTest):  # type: ignore[misc]
    """Their tests of images, with ``vsc``. As staff, for they make an image public."""

    exceptions: tuple[Exceptional, ...] = EXCEPTIONS

    def setUp(self) -> None:
        self.typed: list[str] = []
        super().setUp()

    def test_image_members(self) -> None:
        super().test_image_members()

        # theirs tests nothing, and passes, if a new image is not shared
        self.assertTrue(any("add project" in command for command in self.typed), "no project was added")

    def openstack(self, cmd: str, *, parse_output: bool = False, **_: Any) -> Any:  # type: ignore[override]
        """Runs their command with ``vsc``, and with what is exceptional."""
        matching = [one for one in self.exceptions if re.fullmatch(one.commands, cmd)]
        user = next((one.user for one in matching if one.user), "admin")
        words = [with_vsc(cmd), *(one.adds.replace("DISK", str(self.guest)) for one in matching)]
        command = " ".join(words + ["-f json"] * parse_output)
        self.typed.append(command)
        result = FunctionalTest.openstack(self, command, user=user)
        return result.json() if parse_output else result.stdout

    def _assert_said(self, stderr: str, says: Sequence[str]) -> None:
        """Theirs look at the result only."""


class TestExceptions(FunctionalTest):
    def test_vsc_is_put_in_wherever_there_is_such_a_command(self) -> None:
        self.assertEqual("vsc image add project rna VSC_1", with_vsc("image add project rna VSC_1"))
        self.assertEqual("vsc image set --public rna", with_vsc("image set --public rna"))
        self.assertEqual("image save rna", with_vsc("image save rna"))
        self.assertEqual("token issue", with_vsc("token issue"))

    def test_each_is_still_needed(self) -> None:
        for left_out in EXCEPTIONS:
            with self.subTest(left_out=left_out):
                result = testtools.TestResult()
                theirs = TestStandardTests(left_out.fails)
                theirs.exceptions = tuple(one for one in EXCEPTIONS if one is not left_out)

                theirs.run(result)

                told = "\n".join(text for _, text in (*result.errors, *result.failures))
                self.assertIn(left_out.says, told, f"{left_out.commands}: {left_out.because}")
