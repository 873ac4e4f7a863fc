"""What the user asks of a new image. *Not said* is None; what that means is decided where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields of the dashboard's form that are properties of the image.

    Args:
        kernel: Name or ID of the kernel's image.
        ramdisk: Name or ID of the ramdisk's image.
        multi_nic: Whether the guest uses several NICs.
    """

    description: str | None = None
    architecture: str | None = None
    os_distro: str | None = None
    os_version: str | None = None
    kernel: str | None = None
    ramdisk: str | None = None
    multi_nic: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Consent:
    """On what terms an image is changed.

    Args:
        policy: Path of a site's policy file; None: the one that the environment names, if any.
        waived: Codes of the rules that the user waives.
        dry_run: Judge, and change nothing.
        yes: The user agrees to take access from others.
    """

    policy: str | None = None
    waived: frozenset[str] = frozenset()
    dry_run: bool = False
    yes: bool = False


@dataclass(frozen=True, kw_only=True)
class InspectOptions:
    """How the look inside an image is had.

    Args:
        file: Path of a copy of its data, which is looked at instead.
        download: Fetch all of the image where the cloud gives no parts of it.
        inspect: Look inside at all.
        cache: Use what is known of the same bits, and keep what is found.
    """

    file: str | None = None
    download: bool = False
    inspect: bool = True
    cache: bool = True


@dataclass(frozen=True, kw_only=True)
class Options:
    """A new image.

    Args:
        file: Path of the data, or ``-`` for standard input; None: a record without data, if ``no_data`` says so.
        size_bytes: The length of the data in bytes, to compare with.
        image_id: The ID to use.
        min_disk_gib: GiB.
        min_ram_mib: MiB.
        project: Name or ID of the project to own it.
        share_with: Names or IDs of projects to share it with; it is ``shared`` then.
        use_import: Import the data instead of a plain upload.
    """

    name: str
    file: str | None = None
    no_data: bool = False
    size_bytes: int | None = None
    image_id: str | None = None
    container_format: str = "bare"
    disk_format: str | None = None
    min_disk_gib: int | None = None
    min_ram_mib: int | None = None
    visibility: Visibility | None = None
    protected: bool | None = None
    tags: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    form: Form = Form()
    project: str | None = None
    project_domain: str | None = None
    share_with: tuple[str, ...] = ()
    use_import: bool = False
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()
