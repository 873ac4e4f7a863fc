"""The options that ``vsc image delete`` and ``vsc image member list`` make of a command line."""

from __future__ import annotations

from typing import Any
from unittest import mock

from openstackclient.image.v2.image import DeleteImage as StandardDeleteImage
from openstackclient.image.v2.image import ListImageProjects as StandardListMembers

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.images import delete
from vscclient.osc.image.delete import DeleteImage
from vscclient.osc.image.member_list import ListMember


def _options_of(command: type[Any]) -> set[str]:
    return {text for action in parser_of(command)._actions for text in action.option_strings}


class TestParser(base.BaseTestCase):
    def test_every_option_of_the_standard_command_exists(self) -> None:
        self.assertLessEqual(_options_of(StandardDeleteImage), _options_of(DeleteImage))
        self.assertLessEqual(_options_of(StandardListMembers), _options_of(ListMember))

    def test_every_option_is_read(self) -> None:
        command = DeleteImage(mock.Mock(), None)

        with mock.patch.object(delete, "run") as run:
            command.take_action(parser_of(DeleteImage).parse_args("a b --store fast --unprotect --yes".split()))

        expected = delete.Options(images=("a", "b"), store="fast", unprotect=True, yes=True)
        self.assertEqual(expected, run.call_args.args[1])
