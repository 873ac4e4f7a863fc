"""Rejecting an image that another project shares with the user's project."""

from __future__ import annotations

from vscclient.images.cloud import Cloud
from vscclient.images.offers.answer import AnswerOptions, answer_offer
from vscclient.model.member_status import MemberStatus
from vscclient.model.terminal import Terminal

__all__ = ["Options", "run"]

Options = AnswerOptions


def run(cloud: Cloud, options: AnswerOptions, terminal: Terminal) -> None:
    """Reject an offer, which keeps the image out of the project's list. Errors as those of ``answer_offer``."""
    answer_offer(cloud, options, MemberStatus.REJECTED, terminal)
