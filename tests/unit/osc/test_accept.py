"""The options that ``vsc image accept`` and ``vsc image reject`` make of a command line."""

from __future__ import annotations

from typing import Any
from unittest import mock

from tests import base
from vscclient.images import accept, reject
from vscclient.images.offers.answer import AnswerOptions
from vscclient.osc.image.accept import AcceptImage
from vscclient.osc.image.reject import RejectImage


def _options(module: Any, command_class: type[Any], words: str) -> AnswerOptions:
    command = command_class(mock.Mock(), None)
    with mock.patch.object(module, "run") as run:
        command.take_action(command.get_parser("image accept").parse_args(words.split()))
    options: AnswerOptions = run.call_args.args[1]
    return options


class TestParser(base.BaseTestCase):
    def test_an_image_alone_sets_nothing_else(self) -> None:
        self.assertEqual(accept.Options(image="rna"), _options(accept, AcceptImage, "rna"))

    def test_every_option_is_read(self) -> None:
        expected = reject.Options(image="rna", from_project="A", project="B", project_domain="d")

        options = _options(reject, RejectImage, "rna --from A --project B --project-domain d")

        self.assertEqual(expected, options)
