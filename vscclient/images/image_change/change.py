"""A change of an image: checked by the policy, agreed to by the user, applied and reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import replace

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.changes import Changes, changes_between
from vscclient.images.inspection.image_data import ImageData
from vscclient.images.inspection.in_cloud import is_read_after_activation
from vscclient.images.interruption.signals import Abandoned, complete
from vscclient.images.lookup.state import StateUnknown, state_of
from vscclient.images.options.groups import Consent
from vscclient.images.policy_check.approval import (
    PolicyCheck,
    confirm_loss,
    describe_hiding,
    make_facts,
    name_projects,
)
from vscclient.model.content import has_disk
from vscclient.model.image import DEACTIVATED, WAIVED, Image
from vscclient.model.plan import Plan, own_projects
from vscclient.model.project import NamedProject
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

Reopen = Callable[[Image], AbstractContextManager[ImageData]]

_UNDO_WITHIN_S = 60.0
"""The longest time to undo a change, in seconds."""


class ImageChange:
    """A change of one image.

    Args:
        data: The data of the image, as far as it is known.
        settings: The settings of the policy.
        consent: What the user agrees to.
    """

    def __init__(self, cloud: Cloud, data: ImageData, settings: Settings, consent: Consent, terminal: Terminal) -> None:
        self._cloud = cloud
        self._data = data
        self._consent = consent
        self._terminal = terminal
        self._is_silent = False
        self._is_unanswered = False
        self._sets_waivers = False
        self._omitted: tuple[str, ...] = ()
        self._policy_check = PolicyCheck(make_facts(cloud, data, settings), settings, terminal)

    def agree(self, plan: Plan) -> Plan:
        """Return the plan if the policy allows it and the user agrees. Nothing is changed.

        Raises:
            RefusedByPolicy: The policy refuses it.
            NotConfirmed: It takes access from others, and the user does not agree, or cannot be asked.
        """
        requested = plan.image
        plan = self._policy_check.approve(replace(plan, waived=self._consent.waived))
        self._sets_waivers = requested.properties.get(WAIVED) != plan.image.properties.get(WAIVED)
        losing = confirm_loss(plan, self._consent, self._terminal)
        if losing and (self._consent.yes or self._consent.dry_run):
            self._terminal.say(f"{losing}.")
        return plan

    def apply(self, plan: Plan, reopen: Reopen | None = None) -> Image:
        """Apply a plan that was agreed to, except for its members; return the image as it is then.

        Every change is reported, also when an error or a signal stops the rest. The image is looked at again then: a
        request that failed may have been done, wholly or in part.

        Args:
            plan: The plan.
            reopen: Opens the data of the image once it is active again; None: no plan activates an image.

        Raises:
            RefusedByPolicy: Earlier members regained access, or others the use of the data, which the policy refuses;
                the change was undone.
        """
        before = plan.before or plan.image
        changes = changes_between(before, plan.image)
        if not changes:
            return before
        if self._consent.dry_run:
            self._report_dry_run(plan, changes)
            return plan.image
        with ExitStack() as stack:
            try:
                image = self._send(before, changes.steps()[0])
                if reopen and self._awaits_data(plan):
                    plan = self._check_data(image, plan, lambda: stack.enter_context(reopen(image)))
                    changes = changes_between(before, plan.image)
                _, fields, owner = changes.steps()
                image = self._change_fields(image, fields, plan)
                image = self._send(image, owner)
            except BaseException as failure:
                self._report_ending(before, changes, failure)
                raise
        changes = changes.without(self._omitted)
        if changes:
            self._report(f"Changed {before.label}:", changes.lines())
        self._terminal.say(describe_hiding(plan))
        return image

    def _report_dry_run(self, plan: Plan, changes: Changes) -> None:
        self._report(f"Would change {(plan.before or plan.image).label}:", changes.lines())
        self._terminal.say(describe_hiding(plan))
        if plan.may_readmit_members:
            self._terminal.say(
                "Projects that were members before regain access; Glance lists them only once the image is shared."
            )
        if self._awaits_data(plan):
            self._terminal.say("The data of the image can be read, and is checked, only once the image is active.")

    def mention_missing_inspection(self, plan: Plan) -> None:
        """Tell a user who gives more people access to an image that could not be inspected."""
        if plan.widens and not self._consent.dry_run and self._may_have_disk(plan) and not self._data.is_inspected:
            done = "Shared" if plan.image.visibility is Visibility.SHARED else "Published"
            done = done if plan.widens_audience else "Activated"
            self._terminal.say(f"{done} without inspection.")  # a warning has given the reason

    def _may_have_disk(self, plan: Plan) -> bool:
        try:
            return has_disk(plan.image, self._data.disk)
        except Unknown:
            return True

    def _report(self, title: str, lines: Iterable[str]) -> None:
        for line in (title, *lines):
            self._terminal.say(line)

    def _awaits_data(self, plan: Plan) -> bool:
        return is_read_after_activation(plan) and not self._data.is_inspected

    def _check_data(self, image: Image, plan: Plan, open_data: Callable[[], ImageData]) -> Plan:
        """Return the plan, checked with the data of an image that was activated; else deactivate the image again.

        Projects that the image is shared with already can read the data while it is checked, as long as that takes.
        """
        try:
            self._data = open_data()
            return self._policy_check.approve(plan, self._data)
        except errors.RefusedByPolicy as refusal:
            left = self._deactivate(image)
            raise errors.RefusedByPolicy(refusal.report, left or "The image was deactivated again.") from refusal
        except BaseException:
            if left := self._deactivate(image):
                self._terminal.say(left)
            raise

    def _deactivate(self, image: Image) -> str:
        """Deactivate an image that the policy does not let others use; return what to do if that fails."""
        image_id = str(image.id)
        try:
            complete(lambda: self._cloud.images.deactivate(image_id), _UNDO_WITHIN_S)
        except (errors.Error, Abandoned):
            with suppress(StateUnknown):
                now = self._state_of(image_id)
                if now is None or now.status == DEACTIVATED:
                    return ""
            return f"The image may be active. Deactivate it with: openstack vsc image set --deactivate {image_id}"
        return ""

    def _change_fields(self, image: Image, step: Changes, plan: Plan) -> Image:
        if not plan.may_readmit_members:
            changed = self._send(image, step)
            if image.visibility is not Visibility.SHARED and changed.visibility is Visibility.SHARED:
                self._report_returning_members(self._returning_members(plan, changed))
            return changed
        returning: tuple[NamedProject, ...] = ()
        try:
            changed = self._send(image, step)
            if returning := self._returning_members(plan, changed):
                members = plan.members + returning
                wider = replace(plan, members=members, own_projects=own_projects(members))
                self._policy_check.approve(wider, self._data)
                self._report_returning_members(returning)
        except errors.RefusedByPolicy as refusal:
            left = self._undo(image, plan.image, refusal)
            undone = f", but the change could not be undone. {left}" if left else ", so the change was undone."
            sentence = f"{name_projects(returning)} would regain access{undone}"
            raise errors.RefusedByPolicy(refusal.report, sentence) from refusal
        except BaseException as failure:
            if left := self._undo(image, plan.image, failure):
                self._terminal.say(left)
            raise
        return changed

    def _returning_members(self, plan: Plan, image: Image) -> tuple[NamedProject, ...]:
        """Return the earlier members that regain access when an image is shared again.

        Glance keeps the members of an image that is not shared any more, and lists them only once it is shared again.

        Raises:
            MembersUnknown: The service does not list them.
        """
        planned = {member.key for member in plan.members}
        try:
            members = membership.stored_members(self._cloud, image)
        except errors.CloudError as failure:
            raise errors.MembersUnknown(image.label, str(failure)) from failure
        return tuple(member for member in members if member.key not in planned)

    def _report_returning_members(self, members: tuple[NamedProject, ...]) -> None:
        if members:
            was, regains = ("was a member", "regains") if len(members) == 1 else ("were members", "regain")
            self._terminal.say(f"{name_projects(members)} {was} before, and {regains} access.")

    def _undo(self, before: Image, changed: Image, failure: BaseException) -> str:
        """Undo a change that may give access to the wrong projects; return what to do if that fails.

        A service in trouble gets more attempts, and signals wait for them. A refused request can be done in part.
        """
        if isinstance(failure, errors.FINAL_ERRORS):
            with suppress(StateUnknown):
                now = self._state_of(str(before.id))
                if now is None or now.visibility is not Visibility.SHARED:
                    return ""
        undone = changes_between(changed, replace(before, owner=changed.owner, status=changed.status))
        images, image_id = self._cloud.images, str(before.id)
        try:
            complete(lambda: images.change_with_retries(image_id, undone.fields, undone.removed), _UNDO_WITHIN_S)
        except (errors.Error, Abandoned):
            self._is_silent = True
            return (
                "The image may be shared with its earlier members. "
                f"Make it private with: openstack vsc image private {before.id}"
            )
        return ""

    def _send(self, image: Image, step: Changes) -> Image:
        """Send the request of a step; return the image, also if the step was done although the request failed.

        When the owner changes, Glance cannot see the image any more, and answers 403 or 404 (observed with Glance 33).
        """
        if not step:
            return image
        self._is_unanswered = True
        try:
            changed = step.send(self._cloud.images, image)
            self._is_unanswered = False
            return changed
        except errors.NotSignedIn:
            raise
        except errors.CloudError as failure:
            with suppress(StateUnknown):
                now = self._state_of(str(image.id))
                if now is None and "owner" in step.fields:
                    now = Image(name=None, id=image.id)
                if now and step.are_in(now):
                    self._is_unanswered = False
                    return now
            rest = step.without((WAIVED,))
            if not (self._sets_waivers and rest != step and isinstance(failure, errors.PROPERTY_REFUSALS)):
                raise
            changed = self._send(image, rest)
            self._omitted = (WAIVED,)
            reason = failure.reason.rstrip(". ")
            self._terminal.say(f"Not changed, because the cloud refuses it: {WAIVED} ({reason}).")
            return changed

    def _state_of(self, image_id: str) -> Image | None:
        """Return the image as it is now; a service that did not answer once is not asked again."""
        if self._is_silent:
            raise StateUnknown
        try:
            return state_of(self._cloud, image_id)
        except StateUnknown:
            self._is_silent = True
            raise

    def _report_ending(self, before: Image, changes: Changes, failure: BaseException) -> None:
        """Report what was changed before an error or a signal stopped the rest, and what can still be changed.

        A request that was not answered can reach the service, or be done there, after this look.
        """
        check = f"openstack vsc image show {before.id}"
        try:
            now = self._state_of(str(before.id))
        except StateUnknown:
            if not isinstance(failure, errors.NotSignedIn | errors.RefusedByPolicy):
                self._terminal.say(f"What was changed could not be checked. See the image with: {check}")
            return
        if now is None:
            return
        if applied := changes.applied_to(now):
            self._report(f"Changed {before.label}:", applied.lines())
        if applied == changes or isinstance(failure, (*errors.FINAL_ERRORS, errors.RefusedByPolicy)):
            return
        late = f" so far, but the request may still take effect. Check with: {check}" if self._is_unanswered else "."
        self._terminal.say(f"{'The rest of ' if applied else ''}{before.label} has not changed{late}")
