"""Everything that can go wrong, as one tree. Each error knows its own sentence and the exit status it ends with.

Error
├── Usage (2)                   the command line asks for something that makes no sense
├── BadPolicy (2)               the file with a site's policy says what cannot be
├── UnusableRule                a rule of a site's own cannot be used
├── Refused (3)                 the policy says no; carries its report
├── NotAgreed (3)               others would lose something, and nobody said yes
├── UnusableFile                the file cannot be opened, or changed under our hands
├── AmbiguousName               several images have the name
├── NoSuchImage
├── NoSuchProject
├── AmbiguousProject            several own projects have the name
├── NotYourProject              only those who are in a project answer for it
├── CannotActFor                the credentials are for another project
├── NotShared                   there is nothing to answer: the image is not shared with the project
├── NotDeleted                  some images, or all of them
├── NotAnOwner (3)              the project to own an image is none that anybody can find
├── Missing                     what was to be taken away is not there
├── ForEverybody (3)            a community or public image cannot be shared with some
├── Partly                      some was done, some failed
├── NoCredentials               nothing says who the user is
├── Unfinished                  the image is good, a later step failed
├── NotSharedWithAll            the image is good, some projects do not have it
├── UploadFailed                nothing is left behind (or a record that could not be deleted)
├── Mismatch                    what arrived is not what was sent
├── OtherData                   a file is not the data of the image
├── Unfit (3)                   a check found what would be refused
├── ImportFailed                the cloud could not import it
└── CloudError                  what a service answered, or that it did not
    ├── Unreachable
    ├── Untrusted               TLS
    ├── NotInCatalog            the cloud has no such service, or not there
    ├── Invalid                 400
    ├── NotSignedIn             401
    ├── NotAllowed              403
    ├── NotThere                404
    ├── NotOffered              405
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
class BadPolicy(Error):
    """The file with a site's policy cannot be understood.

    Args:
        line: Where in it, from 1.
    """

    exit_status: ClassVar[int] = 2
    path: str
    line: int
    why: str

    def sentence(self) -> str:
        return f"{printable(self.path)}, line {self.line}: {self.why}"


@dataclass(eq=False)
class UnusableRule(Error):
    """A rule that a package of the site's brings cannot be used, so nothing can be judged.

    Args:
        entry: Name of the entry point, and what it leads to.
    """

    package: str
    entry: str
    why: str

    def sentence(self) -> str:
        return (
            f"The rule {self.entry} of the package {self.package} cannot be used: {self.why}. "
            f"Tell those who made it, or take it away with: pip uninstall {self.package}"
        )


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
class NotAgreed(Error):
    """Others would lose something, and nobody said yes.

    Args:
        what: What they would lose, as a sentence.
        undone: What was not done for want of a yes.
    """

    exit_status: ClassVar[int] = 3
    what: str
    undone: str = "Nothing was changed."

    def sentence(self) -> str:
        return f"{self.what.rstrip('.')}. {self.undone} If it is meant: --yes"


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
    """The project is none of the user's, and what was said is no ID, or none that any project has."""

    said: str

    def sentence(self) -> str:
        return (
            f"'{printable(self.said)}' is not one of your projects, nor the ID (32 hexadecimal digits) of another. "
            "A member finds it with: openstack token issue -c project_id -f value"
        )


@dataclass(eq=False)
class AmbiguousProject(Error):
    """Projects of several domains have the name."""

    said: str

    def sentence(self) -> str:
        return f"Several of your projects are called '{self.said}'; give the ID, or the domain with --project-domain"


@dataclass(eq=False)
class NotAnOwner(Error):
    """An image would be given to a project that nobody can find: nobody would own it any more."""

    exit_status: ClassVar[int] = 3
    said: str

    def sentence(self) -> str:
        return (
            f"'{printable(self.said)}' is not one of your projects, so nobody can say that it is there. "
            "Nothing was changed: an image of a project that is not there is lost. Share it with that project instead, "
            "which can then make an image of its own of it: openstack vsc image share"
        )


@dataclass(eq=False)
class Missing(Error):
    """What was to be taken away is not there.

    Args:
        image: Its name.
        what: The things, each in words.
    """

    image: str
    what: tuple[str, ...]

    def sentence(self) -> str:
        return f"{printable(self.image)} does not have {', '.join(map(printable, self.what))}"


@dataclass(eq=False)
class ForEverybody(Error):
    """A community or public image is shared with everybody, and with no project in particular."""

    exit_status: ClassVar[int] = 3
    image: str
    visibility: str

    def sentence(self) -> str:
        return (
            f"{printable(self.image)} is a {self.visibility} image: everybody can use it already. "
            "To share it with some projects only, take it back first: openstack vsc image private"
        )


@dataclass(eq=False)
class Partly(Error):
    """Some of the work was done, some failed.

    Args:
        what: What failed, in words.
    """

    what: str

    def sentence(self) -> str:
        return f"{self.what}\nWhen that is mended, the same command again does the rest"


@dataclass(eq=False)
class NotYourProject(Error):
    """The user is not in the project."""

    said: str

    def sentence(self) -> str:
        return f"'{printable(self.said)}' is not one of your projects; only those who are in a project answer for it"


@dataclass(eq=False)
class CannotActFor(Error):
    """The credentials are for one project, and the cloud gives no token for another in exchange.

    Args:
        own: The project of the credentials.
        other: The project that was to be acted for.
        command: What to run with that project's credentials: "vsc image accept rna".
    """

    own: str
    other: str
    command: str

    def sentence(self) -> str:
        return (
            f"Your credentials belong to project {self.own} and cannot act for {self.other}. "
            f"Those of that project can, by their entry of clouds.yaml: openstack --os-cloud ENTRY {self.command}"
        )


@dataclass(eq=False)
class NotShared(Error):
    """The image is not shared with the project.

    Args:
        project: Its name and ID.
        why: What else is known of the image, as a sentence.
    """

    said: str
    project: str
    why: str = ""

    def sentence(self) -> str:
        why = self.why or "Its owner can share it; give them the ID of your project"
        return f"'{printable(self.said)}' is not shared with your project {self.project}. {why}"


@dataclass(eq=False)
class NotDeleted(Error):
    """Some of the images could not be deleted.

    Args:
        reasons: One for each image: "rna (ID): it is protected".
    """

    reasons: Iterable[str]

    def sentence(self) -> str:
        return "\n".join(f"Not deleted: {reason}" for reason in self.reasons)


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
class NotSharedWithAll(Error):
    """The image is complete, but some projects do not have it.

    Args:
        why: A line for each of them.
    """

    image: str
    why: str
    finish: str

    def sentence(self) -> str:
        image = printable(self.image)
        return f"{image} is complete, but could not be shared with all:\n{self.why}\nFinish with: {self.finish}"


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
class OtherData(Error):
    """A file is not, or cannot be shown to be, the data of an image."""

    file: str
    image: str
    why: str

    def sentence(self) -> str:
        return f"{printable(self.file)} cannot be shown to be the data of {printable(self.image)}: {self.why}"


@dataclass(eq=False)
class Unfit(Error):
    """A check found what would be refused.

    Args:
        counts: How much it found, in words.
        code: Of the rule that weighs most.
    """

    exit_status: ClassVar[int] = 3
    image: str
    audience: str
    counts: str
    code: str

    def sentence(self) -> str:
        return (
            f"{printable(self.image)} as a {self.audience} image: {self.counts}. "
            f"What a rule asks: openstack vsc image rule show {self.code}"
        )


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
