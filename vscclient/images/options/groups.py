"""The groups of options that commands share. What was not given is None; the commands decide what that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class Attributes:
    """The fields of an image that concern its data and what an instance needs to boot it.

    Args:
        min_disk_gib: GiB.
        min_ram_mib: MiB.
        protected: Whether the image is protected from deletion.
    """

    container_format: str | None = None
    disk_format: str | None = None
    min_disk_gib: int | None = None
    min_ram_mib: int | None = None
    protected: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Description:
    """The properties and tags of an image.

    Args:
        kernel: Name or ID of the kernel's image.
        ramdisk: Name or ID of the ramdisk's image.
        multi_nic: Whether the guest uses several NICs.
        properties: Properties by name, as the user wrote them.
    """

    description: str | None = None
    architecture: str | None = None
    os_distro: str | None = None
    os_version: str | None = None
    kernel: str | None = None
    ramdisk: str | None = None
    multi_nic: bool | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessOptions:
    """The owner of an image, and who can find and use it.

    Args:
        project: Name or ID of the project that owns it.
        project_domain: Name or ID of that project's domain.
        share_with: Names or IDs of projects to share it with.
        active: Whether the image can be used (activate), or not (deactivate).
        hidden: Whether it is left out of lists.
        answer: The answer of a project that the image is shared with.
    """

    visibility: Visibility | None = None
    project: str | None = None
    project_domain: str | None = None
    share_with: tuple[str, ...] = ()
    active: bool | None = None
    hidden: bool | None = None
    answer: MemberStatus | None = None


@dataclass(frozen=True, kw_only=True)
class UploadOptions:
    """The data of a new image, and how it is sent.

    Args:
        file: Path of the data, or ``-`` for standard input; None: only the record is created, if ``no_data`` is set.
        size_bytes: The expected length of the data, in bytes.
        use_import: Import the data instead of a plain upload.
        timeout_s: How long the cloud may accept no data before the upload ends, in seconds; None: the usual time.
    """

    file: str | None = None
    no_data: bool = False
    size_bytes: int | None = None
    use_import: bool = False
    timeout_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class InspectOptions:
    """How an image is inspected.

    Args:
        file: Path of a copy of its data, which is inspected instead.
        download: Fetch the whole image where the cloud does not support range requests.
        inspect: Inspect the guest at all.
        cache: Use an earlier inspection of the same data, and store a new one.
    """

    file: str | None = None
    download: bool = False
    inspect: bool = True
    cache: bool = True


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What the user agrees to before an image is changed.

    Args:
        policy: Path of a site's policy file; None: the one that the environment names, if any.
        waived: Codes of the rules that the user waives.
        dry_run: Check everything, and change nothing.
        yes: The user agrees to take access from others.
    """

    policy: str | None = None
    waived: frozenset[str] = frozenset()
    dry_run: bool = False
    yes: bool = False
