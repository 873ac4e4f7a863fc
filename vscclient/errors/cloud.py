"""What a service answered, or that it did not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from vscclient.errors.root import Error


@dataclass(eq=False)
class CloudError(Error):
    """A service answered with an error, or not at all.

    Args:
        service: Which: "Image service".
        said: What it said, as plain text.
    """

    service: str
    said: str = ""

    advice: ClassVar[str] = "{said}"

    def sentence(self) -> str:
        said = self.said.rstrip(".: ")
        return self.advice.format(service=self.service, said=f": {said}" if said else "")


class Unreachable(CloudError):
    """No connection, or no answer in time."""

    advice = "The {service} does not answer{said}. Check the network and its address, then try again"


class Untrusted(CloudError):
    """Its certificate is signed by nobody whom this machine knows, or is for another name."""

    advice = "The {service} cannot be trusted{said}. If that is your cloud's own authority, name it with --os-cacert"


class NotInCatalog(CloudError):
    """The catalogue that comes with the login has no such service: another region, or a login without a project."""

    advice = (
        "The cloud's catalogue has no such service{said}. Check OS_REGION_NAME, and that your openrc names a project"
    )


class Invalid(CloudError):
    """400."""

    advice = "The {service} does not accept it{said}"


class NotSignedIn(CloudError):
    """401."""

    advice = (
        "The {service} does not accept the credentials{said}. They may be mistyped, expired or revoked: "
        "get a new openrc from the dashboard (Identity, Application Credentials) and source it"
    )


class NotAllowed(CloudError):
    """403."""

    advice = "The {service} does not allow it{said}. If you should be able to do this, ask the cloud's operators"


class NotThere(CloudError):
    """404."""

    advice = "The {service} cannot find it{said}"


class NotOffered(CloudError):
    """405: an older service, or one where the operators switched it off."""

    advice = "This cloud's {service} does not offer that{said}"


class Conflict(CloudError):
    """409."""

    advice = "The {service} sees a conflict{said}"


class OverQuota(CloudError):
    """413."""

    advice = "The {service} says that it is more than your quota or its limits allow{said}"


class OtherFormat(CloudError):
    """415: newer Image services look at the data themselves, and do not see every format that they take (fixed VHD)."""

    advice = (
        "The {service} does not recognize the format of the data{said}. "
        "Convert it, and send that: qemu-img convert -O qcow2 FILE NEW_FILE"
    )


class Failing(CloudError):
    """500 and above: the service's own trouble, or a proxy's before it."""

    advice = "The {service} is in trouble{said}. Try again later"


class NoRanges(CloudError):
    """400 or 416, or all of the data, to who asked for a part of it: Glance on Ceph, Swift or S3 gives no parts.

    Source: glance_store, ``StoreRandomGetNotSupported``.
    """

    advice = "The {service} gives no parts of an image{said}"


class Altered(CloudError):
    """The image is another one than when its reading began."""

    advice = "The image was changed while it was read{said}. Try again"


class Rejected(CloudError):
    """Any other answer."""

    advice = "The {service} answered{said}"


CLEAR_NO = (Invalid, NotSignedIn, NotAllowed, NotThere, NotOffered, Conflict, OverQuota, OtherFormat)
"""Answers that leave no doubt that nothing was done. After any other, it may have been."""


def cause_of(silence: Exception) -> str:
    """Why there was no answer, out of the texts of the libraries, which are mostly addresses and names of classes."""
    text = str(silence)
    if "timed out" in text.lower():
        return "timed out"
    found = re.search(r"\[Errno -?\d+\] ([^'\")\]]+)", text) or re.search(r"certificate verify failed: ([^(]+)", text)
    return found.group(1).strip().lower() if found else text.splitlines()[0]
