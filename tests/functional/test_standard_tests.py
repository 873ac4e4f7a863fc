"""The standard client's own tests of its image commands, run with ours.

They are in the wheel of python-openstackclient. ``vsc`` is inserted into each command for which there is a ``vsc``
command; ``EXCEPTIONS`` are the other differences.
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
from tests.functional.creation import CreateTest


@dataclass(frozen=True, kw_only=True)
class Exceptional:
    """A difference in some of the commands.

    Args:
        commands: A regular expression for the whole command, as the standard tests type it.
        adds: Options that are added; ``DISK`` is a disk with a guest.
        user: The user who runs it instead.
        reason: Why our command needs the difference.
        fails: The standard test that fails without the difference.
        says: The message of this failure.
    """

    commands: str
    adds: str = ""
    user: str = ""
    reason: str
    fails: str
    says: str


EXCEPTIONS = (
    Exceptional(
        commands="image create .*",
        adds="--file DISK",
        reason="a source has to be named: the standard command makes an image of standard input, even if it is empty",
        fails="test_image_list",
        says="Specify the data: --file FILE",
    ),
    Exceptional(
        commands="image create .*",
        adds="--shared",
        reason="an image is private by default, and the standard test skips the tests of members then",
        fails="test_image_members",
        says="no project was added",
    ),
    Exceptional(
        commands="token issue|image set --(accept|reject) .*|image list .*--shared",
        user="bob",
        reason="the standard test shares an image with its owner, which V106 refuses; here another project answers",
        fails="test_image_members",
        says="Refused by V106",
    ),
    Exceptional(
        commands="image remove project .*",
        adds="--yes",
        reason="a project loses access, and a test has no terminal to confirm that",
        fails="test_image_members",
        says="To proceed anyway, add: --yes",
    ),
    Exceptional(
        commands="image delete .*",
        adds="--yes",
        reason="everybody loses access to a public image, and a test has no terminal to confirm that",
        fails="test_image_attributes",
        says="To delete it anyway, add: --yes",
    ),
)


def _standard_tests() -> Any:
    """Return the standard tests. Their base imports tempest, for functions that the tests of images do not use."""
    unused = {name: mock.Mock() for name in ("tempest", "tempest.lib", "tempest.lib.cli")}
    with mock.patch.dict(sys.modules, unused):
        return importlib.import_module("openstackclient.tests.functional.image.v2.test_image").ImageTests


def with_vsc(command: str) -> str:
    """Return the command with ``vsc`` before it, if there is such a command."""
    ours = entry_points(group="openstack.vsc.v1").names
    words = command.split()
    known = any("_".join(["vsc", *words[:length]]) in ours for length in range(1, len(words) + 1))
    return f"vsc {command}" if known else command


class TestStandardTests(_standard_tests(), CreateTest):  # type: ignore[misc]  # a class that is known at run time
    """The standard tests of images, with ``vsc``; by staff, because a public image is made."""

    exceptions: tuple[Exceptional, ...] = EXCEPTIONS

    def setUp(self) -> None:
        self.typed: list[str] = []
        super().setUp()

    def test_image_members(self) -> None:
        super().test_image_members()

        # the standard test tests nothing, and passes, if a new image is not shared
        self.assertTrue(any("add project" in command for command in self.typed), "no project was added")

    def openstack(self, cmd: str, *, parse_output: bool = False, **_: Any) -> Any:  # type: ignore[override]  # the standard signature
        """Run a command of the standard tests with ``vsc`` and the exceptions."""
        matching = [one for one in self.exceptions if re.fullmatch(one.commands, cmd)]
        user = next((one.user for one in matching if one.user), "admin")
        words = [with_vsc(cmd), *(one.adds.replace("DISK", str(self.guest)) for one in matching)]
        command = " ".join(words + ["-f json"] * parse_output)
        self.typed.append(command)
        result = FunctionalTest.openstack(self, command, user=user)
        return result.json() if parse_output else result.stdout

    def _assert_stderr(self, stderr: str, says: Sequence[str]) -> None:
        """Accept all: the standard tests check standard output only."""


class TestExceptions(FunctionalTest):
    def test_vsc_is_inserted_if_there_is_such_a_command(self) -> None:
        self.assertEqual("vsc image add project rna VSC_1", with_vsc("image add project rna VSC_1"))
        self.assertEqual("vsc image set --public rna", with_vsc("image set --public rna"))
        self.assertEqual("image save rna", with_vsc("image save rna"))
        self.assertEqual("token issue", with_vsc("token issue"))

    def test_each_exception_is_needed(self) -> None:
        for left_out in EXCEPTIONS:
            with self.subTest(left_out=left_out):
                result = testtools.TestResult()
                test = TestStandardTests(left_out.fails)
                test.exceptions = tuple(one for one in EXCEPTIONS if one is not left_out)

                test.run(result)

                failures = "\n".join(text for _, text in (*result.errors, *result.failures))
                self.assertIn(left_out.says, failures, f"{left_out.commands}: {left_out.reason}")
