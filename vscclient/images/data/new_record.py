"""The record of a new image, without what the cloud refuses of it and the user did not ask for.

A site can protect properties, limit their number, or forbid them by its schema; it can refuse IDs that a client
chooses. The ID is chosen here so that a record can be found although its creation failed.
Source: Glance, «Property Protections»; ``image_property_quota``; ``schema-image.json``.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from vscclient import errors
from vscclient.glance.error_translation import SERVICE
from vscclient.glance.record import Value, fields_of
from vscclient.images.cloud import Cloud
from vscclient.images.data.cleanup import clean_up
from vscclient.images.data.verification import differences, reject_record, set_command
from vscclient.images.lookup.state import StateUnknown, state_of
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal


class NewRecord:
    """The record of a new image.

    Args:
        cloud: The user's cloud.
        automatic: Names of the fields and properties that the user did not set.
        recheck: Called when the cloud does not set all before the data is sent; raises the error that stops the
            creation.
        terminal: Shows messages.
    """

    def __init__(
        self, cloud: Cloud, automatic: frozenset[str], recheck: Callable[[], None], terminal: Terminal
    ) -> None:
        self._cloud = cloud
        self._automatic = automatic
        self._recheck = recheck
        self._terminal = terminal
        self._created = Image(name=None)
        self._pending: dict[str, str] = {}
        self._id_refusal: errors.CloudError | None = None
        self._refused: dict[str, str] = {}
        self._ignored: dict[str, Value] = {}

    def create(self, image: Image) -> Image:
        """Create the record; return it. If the image has no ID, one is chosen.

        Raises:
            CloudError: The service refused; there is no record.
            UploadFailed: There is no usable answer, and no record is found; or the record must not be used.
        """
        is_chosen = image.id is None
        attempt: Image | None = replace(image, id=image.id or str(uuid4()))
        while attempt:
            try:
                self._created = self._post(attempt, is_chosen=is_chosen)
                self.compare(self._created, attempt)
                break
            except errors.PROPERTY_REFUSALS as refusal:
                attempt = self._without_cause(attempt, refusal, may_omit_id=is_chosen)
                if not attempt:
                    raise
        return self._created

    def add_pending(self) -> Image:
        """Set the properties that the record was created without, as far as the cloud accepts them; return the record.

        Raises:
            Error: The creation is stopped because of what the cloud does not set.
        """
        try:
            self._add({key: value for key, value in self._pending.items() if key not in self._refused})
        except errors.CloudError as failure:  # nobody asked for them: no error stops the creation
            missing = self._pending.keys() - self._created.properties.keys() - self._refused.keys()
            self._refused |= dict.fromkeys(sorted(missing), failure.reason)
        if self._id_refusal and not self._refused:
            self._terminal.say(
                f"The cloud accepted the image only without a chosen ID ({self._id_refusal.reason}). "
                f"Its ID is {self._created.id}"
            )
        if self._unset:
            self._recheck()
        return self._created

    def add_new(self, stored: Image, wanted: Image) -> bool:
        """Set the properties that only the whole data tells; return True if the cloud does not set some.

        After another error than a refusal they are left to the last step of the delivery, which reports it.
        """
        new = {
            key: value
            for key, value in wanted.properties.items()
            if key in self._automatic and stored.properties.get(key) != value
        }
        with suppress(errors.CloudError):
            self._add({key: value for key, value in new.items() if key not in self._unset})
        return not new.keys().isdisjoint(self._unset)

    def after_changes(self, stored: Image) -> Image:
        """Return an image with its data as the last change here has left it."""
        return stored if self._created.size_bytes is None else self._created

    def as_stored(self, image: Image) -> Image:
        """Return the image with the values of the cloud's record where the cloud does not set those of the image."""
        stored, unset = self._created, self._unset
        properties = {key: value for key, value in image.properties.items() if key not in unset}
        return replace(
            image,
            name=stored.name if "name" in unset else image.name,
            min_disk_gib=stored.min_disk_gib if "min_disk" in unset else image.min_disk_gib,
            min_ram_mib=stored.min_ram_mib if "min_ram" in unset else image.min_ram_mib,
            tags=stored.tags if "tags" in unset else image.tags,
            properties=properties | {key: value for key, value in stored.properties.items() if key in unset},
        )

    def without_unset(self, image: Image) -> Image:
        """Return the image without the automatic values that it does not have as requested."""
        unset = self._unset
        properties = {key: value for key, value in image.properties.items() if key not in unset}
        return replace(image, min_disk_gib=0 if "min_disk" in unset else image.min_disk_gib, properties=properties)

    def compare(self, record: Image, wanted: Image) -> None:
        """Note what a record does not have although the service accepted the request."""
        self._ignored |= differences(record, wanted)

    def report(self, image: Image) -> errors.NotSet | None:
        """Say what is not set of what was set automatically; return the error if the user asked for something.

        Args:
            image: The image as it is at the end.
        """
        now = fields_of(image)
        refused = {key: reason for key, reason in self._refused.items() if key not in now}
        if refused:
            reasons = dict.fromkeys(reason.rstrip(". ") for reason in refused.values() if reason)
            because = f" ({'; '.join(reasons)})" if reasons else ""
            self._terminal.say(f"Not set, because the cloud refuses it: {', '.join(refused)}{because}.")
        ignored = {key: value for key, value in self._ignored.items() if now.get(key) != value}
        automatic = [key for key in ignored if key in self._automatic]
        if automatic:
            self._terminal.say(f"Not set, although the cloud accepted it: {', '.join(automatic)}.")
        requested = {key: value for key, value in ignored.items() if key not in self._automatic}
        if not requested:
            return None
        fields = tuple(f"{key} (it is {now[key]})" if key in now else key for key in requested)
        return errors.NotSet(image.label, fields, set_command(str(image.id), requested))

    @property
    def _unset(self) -> frozenset[str]:
        return frozenset((*self._refused, *self._ignored))

    def _add(self, properties: Mapping[str, str]) -> None:
        """Set properties, all at once if possible. One that a refusal names is not tried again.

        Raises:
            CloudError: The service failed; those that are left were not tried.
        """
        if not properties:
            return
        try:
            self._created = self._cloud.images.change(str(self._created.id), properties)
        except errors.PROPERTY_REFUSALS as refusal:
            refused = [key for key in properties if len(properties) == 1 or _names(refusal, key)]
            if len(refused) != 1:
                for key, value in properties.items():
                    self._add({key: value})
            elif isinstance(refusal, errors.NotChanged):
                self._ignored |= properties
            else:
                self._refused[refused[0]] = refusal.reason
                self._add({key: value for key, value in properties.items() if key not in refused})

    def _without_cause(self, attempt: Image, refusal: errors.CloudError, *, may_omit_id: bool) -> Image | None:
        """Return what to request after a refusal: without what the answer is about; None if that is not ours to omit.

        There are at most two requests, but for a cloud that refuses a property and then the ID. A second one is needed:

        * without the automatic properties, for an answer about properties: it names one, or is a 413. The chosen ID is
          kept: by it the record is found;
        * without the chosen ID, for a conflict, which is about IDs;
        * without both, for a 400 or 403 that names nothing.

        The properties are tried again later, by requests that make no record.

        None is needed where the answer names something that the user asked for.
        """
        automatic = {key: value for key, value in attempt.properties.items() if key in self._automatic}
        named = {key for key in fields_of(attempt) if _names(refusal, key)}
        is_about_properties = isinstance(refusal, errors.OverQuota) or not named.isdisjoint(automatic)
        omits_id = may_omit_id and attempt.id is not None and not is_about_properties
        if isinstance(refusal, errors.Conflict):
            automatic = {}
        if not (automatic or omits_id) or (named and not is_about_properties):
            return None
        self._pending |= automatic
        if len(named & automatic.keys()) == 1:
            self._refused |= dict.fromkeys(named & automatic.keys(), refusal.reason)
        properties = {key: value for key, value in attempt.properties.items() if key not in automatic}
        if omits_id:
            self._id_refusal = refusal
        return replace(attempt, id=None if omits_id else attempt.id, properties=properties)

    def _post(self, wanted: Image, *, is_chosen: bool) -> Image:
        """Request the record; return it.

        Args:
            wanted: The record; without an ID, the service chooses one.
            is_chosen: True if its ID was chosen here, so that no other image has it.
        """
        try:
            record = self._cloud.images.create(wanted)
        except errors.CloudError as failure:
            record = self._found(wanted, failure, is_chosen=is_chosen)
        except (KeyboardInterrupt, SystemExit):
            self._terminal.say(f"Stopped. {self._remove(wanted, is_chosen=is_chosen)}")
            raise
        try:
            if wanted.id not in (None, record.id):  # it may be another image of the user: nothing is sent to it
                reason = f"a record with the ID {record.id} instead of {wanted.id}"
                raise errors.UnexpectedAnswer(SERVICE, reason)
            reject_record(record, replace(wanted, owner=wanted.owner or self._cloud.project_id))
        except errors.UnexpectedAnswer as failure:
            is_new = record.status == "queued" and record.size_bytes is None
            is_ours = is_chosen or (record.id == wanted.id and is_new)
            left = self._remove(replace(wanted, id=wanted.id or record.id), is_chosen=is_ours)
            raise errors.UploadFailed(str(failure), left) from failure
        return record

    def _found(self, wanted: Image, failure: errors.CloudError, *, is_chosen: bool) -> Image:
        """Return the record that was made although its creation failed: the answer was lost, or is that of a front end.

        Raises:
            CloudError: The failure; there is no record.
            UploadFailed: It is not known that there is none.
        """
        is_refused, image_id = isinstance(failure, errors.REFUSALS), wanted.id
        if isinstance(failure, errors.NotSignedIn) or (image_id is None and is_refused):
            raise failure
        if image_id is None:
            raise errors.UploadFailed(str(failure), _find_hint(wanted)) from failure
        try:
            found = state_of(self._cloud, image_id)
        except StateUnknown:
            left = f"A record may be left. If so, delete it with: openstack image delete {image_id}"
            raise errors.UploadFailed(str(failure), left) from failure
        if found and _is_ours(found, wanted, self._cloud, is_chosen=is_chosen):
            return found
        if is_refused:
            raise failure
        left = (
            f"Another image has the ID {image_id}; it was not changed."
            if found
            else clean_up(self._cloud, image_id, is_under_way=True)
        )
        raise errors.UploadFailed(str(failure), left) from failure

    def _remove(self, wanted: Image, *, is_chosen: bool) -> str:
        """Delete a record that must not be used; return what is left. An ID of the user can be another image's."""
        if wanted.id is None:
            return _find_hint(wanted)
        if is_chosen:
            return clean_up(self._cloud, wanted.id, is_under_way=True)
        try:
            found = state_of(self._cloud, wanted.id)
        except StateUnknown:
            found = None
        if found and _is_ours(found, wanted, self._cloud, is_chosen=is_chosen):
            return clean_up(self._cloud, wanted.id)
        return f"A record may be left; check with: openstack image show {wanted.id}"


def _is_ours(found: Image, wanted: Image, cloud: Cloud, *, is_chosen: bool) -> bool:
    """Check whether a record is the one that was requested: without data, and with our owner and fields.

    Nobody else has an ID that was chosen here; its fields are compared later.
    """
    if found.status != "queued" or found.size_bytes is not None:
        return False
    return is_chosen or (found.owner == (wanted.owner or cloud.project_id) and not differences(found, wanted))


def _names(refusal: errors.CloudError, field: str) -> bool:
    """Check whether a refusal names a field or property: in quotes, as Glance does."""
    return f"'{field}'" in refusal.reason


def _find_hint(wanted: Image) -> str:
    command = f"openstack image list --status queued --name {shlex.quote(str(wanted.name))}"
    return f"A record may be left. Find it with: {command}"
