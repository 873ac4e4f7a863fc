"""Changing an image: judged, agreed to, done, and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vscclient import errors
from vscclient.facts.disk.record import of_record
from vscclient.images import changes, impossible, membership, narrowing
from vscclient.images.changes import Changes
from vscclient.images.cloud import Cloud
from vscclient.images.facts import facts_of
from vscclient.images.judgement import Judgement
from vscclient.images.options import Terms
from vscclient.images.site import settings_of
from vscclient.model.disk import Disk
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

DEACTIVATED = "deactivated"


class Amendment:
    """A change of one image.

    Args:
        image: The image as it is.
        terms: On what terms it is changed.
        disk: What is known of the disk; None: what the image's record tells.

    Raises:
        Usage: A code to waive is none that can be.
    """

    def __init__(
        self, cloud: Cloud, image: Image, terms: Terms, terminal: Terminal, *, disk: Disk | None = None
    ) -> None:
        settings = settings_of(terms.policy)
        impossible.reject_waivers(terms.waived, settings)
        self._cloud = cloud
        self._terms = terms
        self._terminal = terminal
        self._judgement = Judgement(facts_of(cloud, disk or of_record(image), settings), settings, terminal)

    def agreed(self, plan: Plan) -> Plan:
        """The plan, if the policy allows it and the user means it. Nothing has been changed by then.

        Raises:
            Refused: The policy is against it.
            NotAgreed: It takes access from others, and the user does not mean it, or cannot be asked.
        """
        plan = self._judgement.of(replace(plan, waived=self._terms.waived))
        losing = narrowing.agree(plan, self._terms, self._terminal)
        if losing and (self._terms.yes or self._terms.dry_run):
            self._terminal.say(f"{losing}.")
        return plan

    def done(self, plan: Plan) -> Image:
        """Makes the image what was agreed to, but for its members; returns it as it is then.

        Raises:
            Refused: Those who had it shared before have it again, and may not; that was undone.
        """
        before = plan.before or plan.image
        wanted = changes.between(before, plan.image)
        steps = (*wanted.lines(), *_status_lines(before, plan.image))
        name = f"{before.name} ({before.id})"
        if not steps:
            return before
        if self._terms.dry_run:
            self._say(f"Would change {name}:", steps)
            return plan.image
        image = self._patched(before, wanted)
        self._look_who_is_back(plan, image)
        made = tuple(wanted.lines())
        try:
            image = self._with_status(image, plan.image)
            made = steps
        finally:
            if made:
                self._say(f"Changed {name}:", made)
        return image

    def _say(self, title: str, lines: Iterable[str]) -> None:
        for line in (title, *lines):
            self._terminal.say(line)

    def _patched(self, before: Image, wanted: Changes) -> Image:
        if not wanted or before.id is None:
            return before
        try:
            return self._cloud.images.change(before.id, wanted.fields, wanted.removed)
        except errors.NotAllowed:
            image = self._given_away(before, wanted)
            if image is None:
                raise
            return image

    def _given_away(self, before: Image, wanted: Changes) -> Image | None:
        """The image after its owner was changed, if it was: Glance does it, cannot see the image any more, and says
        403 (seen with Glance 33)."""
        owner = wanted.fields.get("owner")
        if owner is None or before.id is None:
            return None
        try:
            image = self._cloud.images.get(before.id)
        except errors.NotThere:
            return replace(before, record={})
        return image if image.owner == owner else None

    def _look_who_is_back(self, plan: Plan, image: Image) -> None:
        """Glance keeps the members of an image that is not shared any more, and shows them to nobody. When it is shared
        again they have it again, without a word."""
        before = plan.before
        if before is None or before.visibility is Visibility.SHARED or image.visibility is not Visibility.SHARED:
            return
        planned = {member.key for member in plan.members}
        try:
            back = tuple(member for member in membership.stored(self._cloud, image) if member.key not in planned)
        except errors.CloudError:
            self._undo(plan, before)  # nobody can say who has it again
            raise
        if not back:
            return
        if before.visibility is Visibility.PRIVATE:
            self._judge_again(replace(plan, members=plan.members + back), before)
        verb = "has" if len(back) == 1 else "have"
        self._terminal.say(f"{narrowing.in_words(back)} had it before, and {verb} it again.")

    def _judge_again(self, plan: Plan, before: Image) -> None:
        try:
            self._judgement.of(plan)
        except errors.Refused as refusal:
            self._undo(plan, before)
            undone = f"Those who had it before would have it again, so it is {before.visibility} as it was."
            raise errors.Refused(refusal.report, undone) from refusal

    def _undo(self, plan: Plan, before: Image) -> None:
        changed = changes.between(plan.image, before)
        self._cloud.images.change(before.id or "", changed.fields, changed.removed)

    def _with_status(self, image: Image, wanted: Image) -> Image:
        if image.status == wanted.status or image.id is None:
            return image
        act = self._cloud.images.deactivate if wanted.status == DEACTIVATED else self._cloud.images.reactivate
        act(image.id)
        return replace(image, status=wanted.status)


def _status_lines(before: Image, after: Image) -> tuple[str, ...]:
    return () if before.status == after.status else (f"  status: {before.status} → {after.status}",)
