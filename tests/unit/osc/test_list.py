"""What the parser of ``vsc image list`` makes of words."""

from __future__ import annotations

import contextlib
import io
from unittest import mock

from openstackclient.image.v2.image import ListImage as StandardListImage

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.images import listing
from vscclient.model.image import Image
from vscclient.osc.image.list import ListImage

OURS = {"--mine", "--shared-with-me", "--pending", "--multi-nic"}


def _options(*words: str) -> listing.Options:
    """The options that a command line makes; nothing is asked of a cloud."""
    command = ListImage(mock.Mock(), None)
    args = command.get_parser("vsc image list").parse_args(words)
    listed = listing.Listed(image=Image(name="rna", id="1", record={"id": "1"}), access=listing.Access.MINE)
    with mock.patch.object(listing, "run", return_value=iter([listed])) as run:
        command.take_action(args)
    options: listing.Options = run.call_args.args[1]
    return options


class TestParser(base.BaseTestCase):
    def test_has_every_option_of_the_standard_command_and_four_more(self) -> None:
        standard = {text for action in parser_of(StandardListImage)._actions for text in action.option_strings}
        ours = {text for action in parser_of(ListImage)._actions for text in action.option_strings}

        self.assertEqual(set(), standard - ours)
        self.assertEqual(OURS, ours - standard)

    def test_says_nothing_where_nothing_was_said(self) -> None:
        self.assertEqual(listing.Options(), _options())

    def test_says_what_was_said_in_the_words_of_the_image_service(self) -> None:
        options = _options(
            *"--shared --name rna --status active --member-status all --tag a --tag b --hidden".split(),
            *"--project VSC_1 --project-domain d --limit 3 --mine --multi-nic".split(),
        )

        filters: dict[str, str | bool | list[str]] = {
            "visibility": "shared",
            "name": "rna",
            "status": "active",
            "member_status": "all",
            "tag": ["a", "b"],
            "os_hidden": True,
        }
        expected = listing.Options(
            filters=filters, project="VSC_1", project_domain="d", whose=listing.Whose.MINE, multi_nic=True, first=3
        )
        self.assertEqual(expected, options)

    def test_refuses_what_contradicts_itself(self) -> None:
        for words in ("--mine --pending", "--mine --shared-with-me", "--pending --shared-with-me", "--all --public"):
            with self.subTest(words=words):
                with contextlib.redirect_stderr(io.StringIO()):
                    leaving = self.assertRaises(SystemExit, _options, *words.split())
                self.assertEqual(2, leaving.code)
