"""A change of an image: checked by the policy, agreed to by the user, applied and reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.record import Value, fields_of
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.inspection.image_data import ImageData
from vscclient.images.interruption.signals import defer_signals
from vscclient.images.options.groups import Consent
from vscclient.images.policy_check.approval import PolicyCheck, confirm_loss, name_projects
from vscclient.images.policy_check.facts import make_facts
from vscclient.model.content import has_disk
from vscclient.model.image import Image
from vscclient.model.plan import Plan, own_projects
from vscclient.model.project import NamedProject
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

DEACTIVATED = "deactivated"


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
        self._policy_check = PolicyCheck(make_facts(cloud, data, settings), settings, terminal)

    def agree(self, plan: Plan) -> Plan:
        """Return the plan if the policy allows it and the user agrees. Nothing is changed.

        Raises:
            RefusedByPolicy: The policy refuses it.
            NotConfirmed: It takes access from others, and the user does not agree, or cannot be asked.
        """
        plan = self._policy_check.approve(replace(plan, waived=self._consent.waived))
        losing = confirm_loss(plan, self._consent, self._terminal)
        if losing and (self._consent.yes or self._consent.dry_run):
            self._terminal.say(f"{losing}.")
        return plan

    def apply(self, plan: Plan) -> Image:
        """Apply a plan that was agreed to, except for its members; return the image as it is then.

        Every change is reported, also when an error or a signal stops the rest.

        Raises:
            RefusedByPolicy: Earlier members regained access, which the policy refuses; the change was undone.
        """
        before = plan.before or plan.image
        changes = changes_between(before, plan.image)
        lines = (*_status_lines(before, plan.image), *changes.lines())
        if not lines:
            return before
        if self._consent.dry_run:
            self._report(f"Would change {before.label}:", lines)
            if plan.may_readmit_members:
                self._terminal.say(
                    "Projects that were members before regain access; Glance lists them only once the image is shared."
                )
            return plan.image
        owner, others = changes.split_off("owner")
        applied: list[str] = []
        try:  # the status first: an image that cannot be activated is not shared; the owner last: the image can be lost
            image = self._change_status(before, plan.image.status)
            applied += _status_lines(before, plan.image)
            image = self._change_fields(image, others, plan)
            applied += others.lines()
            image = self._change_owner(image, owner)
            applied += owner.lines()
        finally:
            if applied:
                self._report(f"Changed {before.label}:", applied)
        return image

    def mention_missing_inspection(self, plan: Plan) -> None:
        """Tell a user who gives more people access to an image that could not be inspected."""
        if plan.widens and not self._consent.dry_run and self._may_have_disk(plan) and not self._data.is_inspected:
            done = "Shared" if plan.image.visibility is Visibility.SHARED else "Published"
            self._terminal.say(f"{done} without inspection.")  # a warning has given the reason

    def _may_have_disk(self, plan: Plan) -> bool:
        try:
            return has_disk(plan.image, self._data.disk)
        except Unknown:
            return True

    def _report(self, title: str, lines: Iterable[str]) -> None:
        for line in (title, *lines):
            self._terminal.say(line)

    def _change_status(self, image: Image, status: str) -> Image:
        if image.status == status or image.id is None:
            return image
        request = self._cloud.images.deactivate if status == DEACTIVATED else self._cloud.images.reactivate
        request(image.id)
        return replace(image, status=status)

    def _change_fields(self, image: Image, changes: Changes, plan: Plan) -> Image:
        if not changes or image.id is None:
            return image
        if not plan.may_readmit_members:
            changed = self._cloud.images.change(image.id, changes.fields, changes.removed)
            if image.visibility is not Visibility.SHARED and changed.visibility is Visibility.SHARED:
                self._report_returning_members(self._returning_members(plan, changed))
            return changed
        try:
            changed = self._cloud.images.change(image.id, changes.fields, changes.removed)
            self._check_returning_members(plan, changed)
        except errors.DEFINITE_REFUSALS:
            raise
        except BaseException:
            self._undo(image, plan.image)
            raise
        return changed

    def _check_returning_members(self, plan: Plan, image: Image) -> None:
        returning = self._returning_members(plan, image)
        if not returning:
            return
        try:
            members = plan.members + returning
            self._policy_check.approve(replace(plan, members=members, own_projects=own_projects(members)))
        except errors.RefusedByPolicy as refusal:
            undone = f"{name_projects(returning)} would regain access, so the change was undone."
            raise errors.RefusedByPolicy(refusal.report, undone) from refusal
        self._report_returning_members(returning)

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

    def _undo(self, before: Image, changed: Image) -> None:
        """Undo a change that gave access to the wrong projects, even while the service is in trouble."""
        changes = changes_between(changed, replace(before, owner=changed.owner))
        with defer_signals():
            try:
                self._cloud.images.change_with_retries(before.id or "", changes.fields, changes.removed)
            except errors.Error:
                self._terminal.say(
                    "The image may be shared with its earlier members. "
                    f"Make it private with: openstack vsc image private {before.id}"
                )

    def _change_owner(self, image: Image, owner: Changes) -> Image:
        """Return the image with its new owner.

        Glance changes the owner, cannot see the image any more, and answers 403 or 404 (observed with Glance 33).
        """
        if not owner or image.id is None:
            return image
        try:
            return self._cloud.images.change(image.id, owner.fields)
        except (errors.NotAllowed, errors.NotFound):
            try:
                changed = self._cloud.images.get(image.id)
            except errors.NotFound:
                return Image(name=None, id=image.id)
            if changed.owner not in (None, owner.fields["owner"]):
                raise
            return changed


def _status_lines(before: Image, after: Image) -> tuple[str, ...]:
    return () if before.status == after.status else (f"  status: {before.status} → {after.status}",)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The changes of an image, in Glance's words.

    Args:
        fields: The fields and properties that are set.
        removed: Properties that are removed.
        before: The values before.
    """

    fields: Mapping[str, Value]
    removed: tuple[str, ...] = ()
    before: Mapping[str, Value]

    def __bool__(self) -> bool:
        return bool(self.fields or self.removed)

    def split_off(self, field: str) -> tuple[Changes, Changes]:
        """Return the change of one field, and all other changes."""
        one = {name: value for name, value in self.fields.items() if name == field}
        others = {name: value for name, value in self.fields.items() if name != field}
        return replace(self, fields=one, removed=()), replace(self, fields=others)

    def lines(self) -> Iterator[str]:
        """Yield a line for each change: ``min_disk: 0 → 10``."""
        for field, value in self.fields.items():
            yield f"  {field}: {_in_words(self.before.get(field))} → {_in_words(value)}"
        for field in self.removed:
            yield f"  {field}: {_in_words(self.before.get(field))} → (none)"


def changes_between(before: Image, after: Image) -> Changes:
    """Return the changes that turn one image into the other."""
    old, new = fields_of(before), fields_of(after)
    return Changes(
        fields={field: value for field, value in new.items() if old.get(field) != value},
        removed=tuple(field for field in old if field not in new),
        before=old,
    )


def _in_words(value: Value | None) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "(none)"
    return "(none)" if value is None or value == "" else str(value)
