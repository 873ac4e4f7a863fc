"""Changing an image: judged, agreed to, done, and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vscclient import errors
from vscclient.images import validation
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import changes, membership
from vscclient.images.image_change.changes import Changes
from vscclient.images.inspection.bits import Bits
from vscclient.images.options import Consent
from vscclient.images.policy_check import narrowing
from vscclient.images.policy_check.check_plan import PolicyCheck
from vscclient.images.policy_check.facts import facts_of
from vscclient.images.signals import defer_signals, exit_cleanly
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

DEACTIVATED = "deactivated"


class ImageChange:
    """A change of one image.

    Args:
        bits: What is known of the data of the image.
        terms: On what terms it is changed.

    Raises:
        Usage: A code to waive is none that can be.
    """

    def __init__(self, cloud: Cloud, bits: Bits, consent: Consent, terminal: Terminal) -> None:
        settings = load_settings(consent.policy)
        validation.reject_waivers(consent.waived, settings)
        self._cloud = cloud
        self._bits = bits
        self._terms = consent
        self._terminal = terminal
        self._judgement = PolicyCheck(facts_of(cloud, bits, settings), settings, terminal)

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

        What was done is told, whatever ends it.

        Raises:
            Refused: Those who had it shared before have it again, and may not; that was undone.
        """
        before = plan.before or plan.image
        wanted = changes.between(before, plan.image)
        steps = (*_status_lines(before, plan.image), *wanted.lines())
        if not steps:
            return before
        if self._terms.dry_run:
            self._say(f"Would change {before.label}:", steps)
            if _lets_in_unseen(before, plan.image):
                self._terminal.say("If projects had it before, they would have it again; who, is seen only then.")
            return plan.image
        with exit_cleanly():
            return self._applied(plan, before, wanted)

    def _applied(self, plan: Plan, before: Image, wanted: Changes) -> Image:
        """The status first: nobody is let in to an image that cannot be activated. The owner last: then it is gone."""
        owner, rest = wanted.apart("owner")
        made: list[str] = []
        try:
            image = self._with_status(before, plan.image)
            made += _status_lines(before, plan.image)
            image = self._changed(image, rest, plan)
            made += rest.lines()
            image = self._given(image, owner)
            made += owner.lines()
        finally:
            if made:
                self._say(f"Changed {before.label}:", made)
        return image

    def mention_no_look(self, plan: Plan) -> None:
        """Whoever publishes what nobody has looked into is told so."""
        if plan.widens and not self._terms.dry_run and plan.image.is_disk and self._bits.why_unseen:
            done = "Shared" if plan.image.visibility is Visibility.SHARED else "Published"
            self._terminal.say(f"{done} without a look inside.")  # why, a warning has told

    def _say(self, title: str, lines: Iterable[str]) -> None:
        for line in (title, *lines):
            self._terminal.say(line)

    def _with_status(self, image: Image, wanted: Image) -> Image:
        if image.status == wanted.status or image.id is None:
            return image
        act = self._cloud.images.deactivate if wanted.status == DEACTIVATED else self._cloud.images.reactivate
        act(image.id)
        return replace(image, status=wanted.status)

    def _changed(self, image: Image, wanted: Changes, plan: Plan) -> Image:
        if not wanted or image.id is None:
            return image
        if not _lets_in_unseen(image, plan.image):
            changed = self._cloud.images.change(image.id, wanted.fields, wanted.removed)
            self._name_who_is_back(plan, image, changed)
            return changed
        try:
            changed = self._cloud.images.change(image.id, wanted.fields, wanted.removed)
            self._judge_who_is_back(plan, changed)
        except errors.CLEAR_NO:
            raise
        except BaseException:
            self._undo(image, plan.image)
            raise
        return changed

    def _judge_who_is_back(self, plan: Plan, image: Image) -> None:
        back = self._back(plan, image)
        if not back:
            return
        try:
            self._judgement.of(replace(plan, members=plan.members + back))
        except errors.Refused as refusal:
            undone = f"{narrowing.in_words(back)} would have it again, so it is taken back."
            raise errors.Refused(refusal.report, undone) from refusal
        self._say_who_is_back(back)

    def _name_who_is_back(self, plan: Plan, before: Image, image: Image) -> None:
        if before.visibility is not Visibility.SHARED and image.visibility is Visibility.SHARED:
            self._say_who_is_back(self._back(plan, image))

    def _back(self, plan: Plan, image: Image) -> tuple[NamedProject, ...]:
        """Glance keeps the members of an image that is not shared any more, and shows them to nobody. When it is shared
        again they have it again, without a word.

        Raises:
            Unseen: The service does not tell who they are.
        """
        planned = {member.key for member in plan.members}
        try:
            return tuple(member for member in membership.stored(self._cloud, image) if member.key not in planned)
        except errors.CloudError as failure:
            raise errors.Unseen(image.label, str(failure)) from failure

    def _say_who_is_back(self, back: tuple[NamedProject, ...]) -> None:
        if back:
            verb = "has" if len(back) == 1 else "have"
            self._terminal.say(f"{narrowing.in_words(back)} had it before, and {verb} it again.")

    def _undo(self, before: Image, made: Image) -> None:
        """Takes the image back from those who must not have it, however the service stumbles."""
        undoing = changes.between(made, replace(before, owner=made.owner))
        with defer_signals():
            try:
                self._cloud.images.change_patiently(before.id or "", undoing.fields, undoing.removed)
            except errors.Error:
                self._terminal.say(
                    "It may be shared with those who had it before. "
                    f"Take it back with: openstack vsc image private {before.id}"
                )

    def _given(self, image: Image, owner: Changes) -> Image:
        """The image with its new owner. Glance gives it, cannot see it any more, and says 403 or 404 (seen with Glance
        33)."""
        if not owner or image.id is None:
            return image
        try:
            return self._cloud.images.change(image.id, owner.fields)
        except (errors.NotAllowed, errors.NotThere):
            given = self._as_given(image.id)
            if given.owner not in (None, owner.fields["owner"]):
                raise
            return given

    def _as_given(self, image_id: str) -> Image:
        try:
            return self._cloud.images.get(image_id)
        except errors.NotThere:
            return Image(name=None, id=image_id)


def _lets_in_unseen(before: Image, after: Image) -> bool:
    """Whether projects that nobody can see now may have the image afterwards, of which nobody has judged it."""
    return before.visibility is Visibility.PRIVATE and after.visibility is Visibility.SHARED


def _status_lines(before: Image, after: Image) -> tuple[str, ...]:
    return () if before.status == after.status else (f"  status: {before.status} → {after.status}",)
