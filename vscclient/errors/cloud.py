"""Errors of the cloud: a service answers with an error, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vscclient.errors.base import Error


@dataclass(eq=False)
class CloudError(Error):
    """A service answers with an error, or not at all.

    Args:
        service: Its name: "Image service".
        reason: The answer of the service, as plain text.
        advice: The next step, if more is known than for any error of this kind.
    """

    service: str
    reason: str = ""
    advice: str = ""

    template: ClassVar[str] = "{reason}"
    """The sentence of this kind of error. ``{reason}`` stands for a colon and the reason, or for nothing."""

    usual_advice: ClassVar[str] = ""
    """The next step for this kind of error."""

    def sentence(self) -> str:
        reason = self.reason.rstrip(".: ")
        problem = self.template.format(service=self.service, reason=f": {reason}" if reason else "")
        advice = self.advice or self.usual_advice.format(service=self.service)
        end = "" if problem.endswith("?") else "."
        return f"{problem}{end} {advice}" if advice else problem


class Unreachable(CloudError):
    """No connection, or no answer in time."""

    template = "The {service} does not answer{reason}"
    usual_advice = "Check the network and the address, then try again"


class RefusedRedirect(CloudError):
    """The service redirects to a place that must not get the user's credentials, or not a second time the data."""

    template = "The {service} redirects the request{reason}. The redirect was not followed"
    usual_advice = "Ask the cloud's operators for the right address of the service"


class RefusedByProxy(CloudError):
    """413 of a proxy before the service: it limits the length of a request, and knows nothing of quotas."""

    template = "A proxy between you and the {service} does not accept so much data{reason}"
    usual_advice = "If the proxy is not yours (https_proxy), ask the cloud's operators to raise its limit"


class UntrustedCertificate(CloudError):
    """The certificate is signed by an unknown authority, or is for another name."""

    template = "The certificate of the {service} cannot be verified{reason}"
    usual_advice = "If your cloud has a certificate authority of its own, name its file with --os-cacert"


class NotInCatalog(CloudError):
    """The catalogue that comes with the login has no such service: another region, or a login without a project."""

    template = "The cloud's catalogue has no such service{reason}"
    usual_advice = "Check OS_REGION_NAME and OS_INTERFACE, and that your openrc names a project"


class InvalidRequest(CloudError):
    """400."""

    template = "The {service} rejects the request{reason}"


class NotSignedIn(CloudError):
    """401."""

    template = "The {service} does not accept the credentials{reason}"
    usual_advice = (
        "They may be mistyped, expired or revoked: "
        "get a new openrc from the dashboard (Identity, Application Credentials) and source it"
    )


class NotAllowed(CloudError):
    """403."""

    template = "The {service} does not allow this{reason}"
    usual_advice = "If you should be able to do it, ask the cloud's operators"


class NotFound(CloudError):
    """404."""

    template = "The {service} finds no such object{reason}"


class NotSupported(CloudError):
    """405: an older service, or operators who switched the operation off."""

    template = "The {service} of this cloud does not support this{reason}"


class Conflict(CloudError):
    """409."""

    template = "The {service} reports a conflict{reason}"


class OverQuota(CloudError):
    """413."""

    template = "This exceeds your quota or a limit of the {service}{reason}"


class UnsupportedFormat(CloudError):
    """415: newer Image services inspect the data, and do not recognize every format that they support (fixed VHD)."""

    template = "The {service} does not recognize the format of the data{reason}"
    usual_advice = "Convert the file and send the result: qemu-img convert -O qcow2 FILE NEW_FILE"


class ServiceFailure(CloudError):
    """500 and above: a fault of the service, or of a proxy in front of it."""

    template = "The {service} failed{reason}"
    usual_advice = "Try again later"


class NoRanges(CloudError):
    """400 or 416, or all of the data, in answer to a range request: Glance on Ceph, Swift or S3 does not support them.

    Source: glance_store, ``StoreRandomGetNotSupported``.
    """

    template = "The {service} does not support range requests{reason}"


class ImageChanged(CloudError):
    """The image is not the same as when reading began."""

    template = "The image was changed while it was read{reason}"
    usual_advice = "Try again"


class UnexpectedAnswer(CloudError):
    """Any other answer."""

    template = "The {service} returned{reason}"


class NotChanged(CloudError):
    """The service answered that the change is done, with a record that does not show all of it."""

    template = "The {service} accepted the change, but not all of it is done{reason}"
    usual_advice = "Ask the cloud's operators whether it is protected"


class IncompleteList(UnexpectedAnswer):
    """A list that the service does not end, or that is longer than this client reads."""

    template = "The list is not complete{reason}"
    usual_advice = "Limit it, for example by a name"


REFUSALS = (
    InvalidRequest,
    NotSignedIn,
    NotAllowed,
    NotFound,
    NotSupported,
    Conflict,
    OverQuota,
    UnsupportedFormat,
)
"""Answers that refuse a request (4xx). They do not prove that nothing was done: a front end answers in the place of the
service, and some services do a part before they refuse the rest."""

FINAL_ERRORS = (
    *REFUSALS,
    UnexpectedAnswer,
    NotChanged,
    RefusedRedirect,
    RefusedByProxy,
    UntrustedCertificate,
    NotInCatalog,
)
"""Errors after which a request does not take effect later: it was answered, or never sent.

It can have been done before: a front end answers instead of the service, or repeats a request. After all other errors,
and after a signal, the service can still do its work.
"""

PROPERTY_REFUSALS = (InvalidRequest, NotAllowed, Conflict, OverQuota, NotChanged)
"""Answers that can be about a property alone: it is protected, one too many, or against the schema. A request without
it may succeed."""
