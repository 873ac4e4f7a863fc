"""The options of a new image."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from vscclient import errors
from vscclient.images.options import validation
from vscclient.images.options.groups import (
    AccessOptions,
    Attributes,
    Consent,
    Description,
    InspectOptions,
    UploadOptions,
)
from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class CreateOptions:
    """A new image.

    Args:
        image_id: The ID to use; None: the Image service chooses one.
        access: An image that is shared with projects becomes ``shared``.
    """

    name: str
    image_id: str | None = None
    access: AccessOptions = AccessOptions()
    attributes: Attributes = Attributes()
    description: Description = Description()
    upload: UploadOptions = UploadOptions()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


def reject_impossible(options: CreateOptions) -> None:
    """Reject options of a new image that contradict each other or that no image can have.

    Raises:
        UsageError: There is such an option.
    """
    access = options.access
    _reject_upload(options.upload)
    if access.share_with and access.visibility not in (None, Visibility.SHARED):
        raise errors.UsageError(
            f"--share-with and --{access.visibility} contradict each other; use --shared or omit it"
        )
    validation.reject_description(options.description)
    validation.reject_name(options.name)
    if options.image_id is not None:
        _reject_image_id(options.image_id)


def _reject_upload(upload: UploadOptions) -> None:
    if upload.file is not None and upload.no_data:
        raise errors.UsageError("--file and --no-data contradict each other")
    if upload.file == "":
        raise errors.UsageError("--file is empty; name the file")
    if upload.file is None and not upload.no_data:
        raise errors.UsageError(
            "Specify the data: --file FILE, --file - for standard input, or --no-data to create the record only"
        )
    if upload.file is None and (upload.size_bytes is not None or upload.use_import):
        raise errors.UsageError("--size and --import concern the data; name it with --file")


def _reject_image_id(image_id: str) -> None:
    try:
        UUID(image_id)
    except ValueError:
        raise errors.UsageError(
            f"'{image_id}' is not an ID: 32 hexadecimal digits in groups of 8-4-4-4-12 (uuidgen makes one)"
        ) from None
