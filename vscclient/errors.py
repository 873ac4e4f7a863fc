"""Everything that can go wrong, as one tree. Each error knows its own sentence and the exit status it ends with.

Error
├── Usage (2)                   the command line asks for something that makes no sense
├── Refused (3)                 the policy says no; carries its report
├── UnusableFile                the file cannot be opened, or changed under our hands
├── AmbiguousName               several images have the name
├── NoSuchImage
├── NoSuchProject
├── AmbiguousProject            several own projects have the name
├── NoCredentials               nothing says who the user is
├── Unfinished                  the image is good, a later step failed
├── UploadFailed                nothing is left behind (or a record that could not be deleted)
├── Mismatch                    what arrived is not what was sent
├── ImportFailed                the cloud could not import it
└── CloudError                  what a service answered, or that it did not
    ├── Unreachable
    ├── Untrusted               TLS
    ├── NotInCatalog            the cloud has no such service, or not there
    ├── Invalid                 400
    ├── NotSignedIn             401
    ├── NotAllowed              403
    ├── NotThere                404
    ├── Conflict                409
    ├── OverQuota               413
    ├── OtherFormat             415
    ├── Failing                 500 and above
    └── Rejected                any other answer
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from vscclient.model.finding import Finding, Report, Severity
from vscclient.model.printable import printable


class Error(Exception):
    """The root. ``str()`` is the sentence: cause, object, next step; safe to print."""

    exit_status: ClassVar[int] = 1

    def sentence(self) -> str:
        """What to tell the user."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n".join(printable(line) for line in self.sentence().splitlines())


@dataclass(eq=False)
class Usage(Error):
    """The options do not fit together, or a value is impossible."""

    exit_status: ClassVar[int] = 2
    what: str

    def sentence(self) -> str:
        return self.what


@dataclass(eq=False)
class Refused(Error):
    """The policy stops the plan. Nothing has been changed unless ``undone`` says so."""

    exit_status: ClassVar[int] = 3
    report: Report
    undone: str = "Nothing was changed."

    def sentence(self) -> str:
        stopping = [found for found in self.report.findings if found.stops]
        codes = dict.fromkeys(found.code for found in stopping)
        return f"Refused by {', '.join(codes)}. {self.undone}{self._way_on(stopping)}"

    def _way_on(self, stopping: list[Finding]) -> str:
        """How to go on all the same, where that is possible."""
        if any(found.severity is Severity.FORBIDDEN for found in stopping):
            return ""
        waivers = " ".join(f"--waive {code}" for code in dict.fromkeys(found.code for found in stopping))
        return f" If it is meant: {waivers}"


@dataclass(eq=False)
class UnusableFile(Error):
    """The file cannot be read."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"{printable(self.path)}: {self.why}"


@dataclass(eq=False)
class NoSuchImage(Error):
    """No image of that name or ID among those that names are looked for in."""

    said: str
    hint: str = ""

    def sentence(self) -> str:
        return f"No image has the name or ID '{printable(self.said)}'. {self.hint or 'See: openstack image list'}"


@dataclass(eq=False)
class AmbiguousName(Error):
    """Several images have the name."""

    said: str
    candidates: Iterable[str]

    def sentence(self) -> str:
        return "\n".join([f"Several images have the name '{printable(self.said)}'; give the ID:", *self.candidates])


@dataclass(eq=False)
class NoSuchProject(Error):
    """The project is none of the user's, and what was said is no ID."""

    said: str

    def sentence(self) -> str:
        return (
            f"'{printable(self.said)}' is not one of your projects, and no project ID (32 hexadecimal digits). "
            "A member finds it with: openstack token issue -c project_id -f value"
        )


@dataclass(eq=False)
class AmbiguousProject(Error):
    """Projects of several domains have the name."""

    said: str

    def sentence(self) -> str:
        return f"Several of your projects are called '{self.said}'; give the ID, or the domain with --project-domain"


@dataclass(eq=False)
class NoCredentials(Error):
    """There is nothing to sign in with."""

    why: str

    def sentence(self) -> str:
        return f"Not signed in: {self.why}. Source your openrc file, or name an entry of clouds.yaml with --os-cloud"


@dataclass(eq=False)
class Unfinished(Error):
    """The image is complete; a step after that failed.

    Args:
        proof: "verified", or why it is not.
    """

    image: str
    proof: str
    why: str
    finish: str

    def sentence(self) -> str:
        return f"{self.image} is uploaded, {self.proof} and private, but: {self.why}\nFinish with: {self.finish}"


@dataclass(eq=False)
class UploadFailed(Error):
    """It did not get that far that the image is good."""

    why: str
    left: str

    def sentence(self) -> str:
        return f"{self.why}\n{self.left}"


@dataclass(eq=False)
class Mismatch(Error):
    """What the cloud has is not what was sent."""

    what: str

    def sentence(self) -> str:
        return f"What arrived is not what was sent: {self.what}. Try again; if that fails too, tell the operators"


@dataclass(eq=False)
class ImportFailed(Error):
    """The cloud could not import the data."""

    why: str

    def sentence(self) -> str:
        return f"The cloud could not import the image: {self.why}"


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
        said = self.said.rstrip(". ")
        return self.advice.format(service=self.service, said=f": {said}" if said else "")


class Unreachable(CloudError):
    """No connection, or no answer in time."""

    advice = "The {service} does not answer{said}. Check the network and its address, then try again"


class Untrusted(CloudError):
    """Its certificate is signed by nobody whom this machine knows, or is for another name."""

    advice = "The {service} cannot be trusted{said}. If that is your cloud's own authority, name it with --os-cacert"


class NotInCatalog(CloudError):
    """The catalogue that comes with the login has no such service: another region, or a login without a project."""

    advice = "The cloud's catalogue has none of that{said}. Check OS_REGION_NAME, and that your openrc names a project"


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


class Rejected(CloudError):
    """Any other answer."""

    advice = "The {service} answered{said}"


def cause_of(silence: Exception) -> str:
    """Why there was no answer, out of the texts of the libraries, which are mostly addresses and names of classes."""
    text = str(silence)
    if "timed out" in text.lower():
        return "timed out"
    found = re.search(r"\[Errno -?\d+\] ([^'\")\]]+)", text) or re.search(r"certificate verify failed: ([^(]+)", text)
    return found.group(1).strip().lower() if found else text.splitlines()[0]
