"""What the parsers of ``vsc image accept`` and ``vsc image reject`` make of words."""

from __future__ import annotations

from typing import Any
from unittest import mock

from tests import base
from vscclient.images import answering
from vscclient.model.member_status import MemberStatus
from vscclient.osc.image.accept import AcceptImage
from vscclient.osc.image.reject import RejectImage


def _options(kind: type[Any], words: str) -> answering.Options:
    command = kind(mock.Mock(), None)
    with mock.patch.object(answering, "run") as run:
        command.take_action(command.get_parser("image accept").parse_args(words.split()))
    options: answering.Options = run.call_args.args[1]
    return options


class TestParser(base.BaseTestCase):
    def test_says_nothing_where_nothing_was_said(self) -> None:
        accepted = answering.Options(image="rna", status=MemberStatus.ACCEPTED)

        self.assertEqual(accepted, _options(AcceptImage, "rna"))

    def test_reads_every_option(self) -> None:
        rejected = answering.Options(
            image="rna", status=MemberStatus.REJECTED, from_project="A", project="B", project_domain="d"
        )

        self.assertEqual(rejected, _options(RejectImage, "rna --from A --project B --project-domain d"))
