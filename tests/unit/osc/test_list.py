"""The options that ``vsc image list`` makes of a command line."""

from __future__ import annotations

import contextlib
import io
from unittest import mock

from openstackclient.image.v2.image import ListImage as StandardListImage

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.images import list as list_images
from vscclient.model.image import Image
from vscclient.osc.image.list import ListImage

OURS = {"--mine", "--shared-with-me", "--pending", "--multi-nic"}


def _options(*words: str) -> list_images.Options:
    """Return the options of a command line; no cloud is asked."""
    command = ListImage(mock.Mock(), None)
    args = command.get_parser("vsc image list").parse_args(words)
    listed = list_images.ListedImage(
        image=Image(name="rna", id="1", record={"id": "1"}), access=list_images.Access.MINE
    )
    with mock.patch.object(list_images, "run", return_value=iter([listed])) as run:
        command.take_action(args)
    options: list_images.Options = run.call_args.args[1]
    return options


class TestParser(base.BaseTestCase):
    def test_every_option_of_the_standard_command_exists_and_four_more(self) -> None:
        standard = {text for action in parser_of(StandardListImage)._actions for text in action.option_strings}
        ours = {text for action in parser_of(ListImage)._actions for text in action.option_strings}

        self.assertEqual(set(), standard - ours)
        self.assertEqual(OURS, ours - standard)

    def test_no_option_sets_nothing(self) -> None:
        self.assertEqual(list_images.Options(), _options())

    def test_every_option_is_read_in_the_words_of_the_image_service(self) -> None:
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
        expected = list_images.Options(
            filters=filters,
            project="VSC_1",
            project_domain="d",
            access=list_images.AccessFilter.MINE,
            multi_nic=True,
            first=3,
        )
        self.assertEqual(expected, options)

    def test_contradicting_options_are_refused(self) -> None:
        for words in ("--mine --pending", "--mine --shared-with-me", "--pending --shared-with-me", "--all --public"):
            with self.subTest(words=words):
                with contextlib.redirect_stderr(io.StringIO()):
                    leaving = self.assertRaises(SystemExit, _options, *words.split())
                self.assertEqual(2, leaving.code)
