"""Everything that can go wrong, as one tree. Each error knows its own sentence and the exit status it ends with.

Error:
├── asking.py                   what was asked for makes no sense, or is not there
│   ├── Usage (2)               the command line asks for something that makes no sense
│   ├── UnusableFile            the file cannot be opened, or changed under our hands
│   ├── NoCredentials           nothing says who the user is
│   ├── NoSuchImage
│   ├── AmbiguousName           several images have the name
│   ├── NoSuchProject
│   ├── AmbiguousProject        several own projects have the name
│   ├── NotAnOwner (3)          the project to own an image is none that anybody can find
│   └── Missing                 what was to be taken away is not there
├── policy.py                   the policy, or the user, says no
│   ├── BadPolicy (2)           the file with a site's policy says what cannot be
│   ├── UnusableRule            a rule of a site's own cannot be used
│   ├── Refused (3)             the policy says no; carries its report
│   ├── NotAgreed (3)           others would lose something, and nobody said yes
│   ├── Unfit (3)               a check found what would be refused
│   ├── SomeUnfit (3)           an audit found images that are not fit for those whom they are for
│   └── NotJudged               an audit could not judge some images at all
├── sharing.py                  sharing an image, and answering one that is shared
│   ├── ForEverybody (3)        a community or public image cannot be shared with some
│   ├── NotYourProject          only those who are in a project answer for it
│   ├── CannotActFor            the credentials are for another project
│   ├── NotShared               there is nothing to answer: the image is not shared with the project
│   ├── NotSharedWithAll        the image is good, some projects do not have it
│   ├── Partly                  some was done, some failed
│   └── Unseen                  nobody can tell who has the image
├── data.py                     sending the data of an image, and deleting it
│   ├── Unfinished              the image is good, a later step failed
│   ├── UploadFailed            nothing is left behind (or a record that could not be deleted)
│   ├── Mismatch                what arrived is not what was sent
│   ├── OtherData               a file is not the data of the image
│   ├── ImportFailed            the cloud could not import it
│   └── NotDeleted              some images, or all of them
└── CloudError (cloud.py)       what a service answered, or that it did not
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
    ├── NoRanges                no parts of an image, only all of it
    ├── Altered                 the image changed while it was read
    └── Rejected                any other answer

The names stand here too, unlike in other rooms: who raises or catches an error writes ``errors.NotThere``.
"""

from __future__ import annotations

from vscclient.errors.asking import (
    AmbiguousName,
    AmbiguousProject,
    Missing,
    NoCredentials,
    NoSuchImage,
    NoSuchProject,
    NotAnOwner,
    UnusableFile,
    Usage,
)
from vscclient.errors.cloud import (
    CLEAR_NO,
    Altered,
    CloudError,
    Conflict,
    Failing,
    Invalid,
    NoRanges,
    NotAllowed,
    NotInCatalog,
    NotOffered,
    NotSignedIn,
    NotThere,
    OtherFormat,
    OverQuota,
    Rejected,
    Unreachable,
    Untrusted,
    cause_of,
)
from vscclient.errors.data import ImportFailed, Mismatch, NotDeleted, OtherData, Unfinished, UploadFailed
from vscclient.errors.policy import BadPolicy, NotAgreed, NotJudged, Refused, SomeUnfit, Unfit, UnusableRule
from vscclient.errors.root import Error
from vscclient.errors.sharing import (
    CannotActFor,
    ForEverybody,
    NotShared,
    NotSharedWithAll,
    NotYourProject,
    Partly,
    Unseen,
)

__all__ = [
    "CLEAR_NO",
    "Altered",
    "AmbiguousName",
    "AmbiguousProject",
    "BadPolicy",
    "CannotActFor",
    "CloudError",
    "Conflict",
    "Error",
    "Failing",
    "ForEverybody",
    "ImportFailed",
    "Invalid",
    "Mismatch",
    "Missing",
    "NoCredentials",
    "NoRanges",
    "NoSuchImage",
    "NoSuchProject",
    "NotAgreed",
    "NotAllowed",
    "NotAnOwner",
    "NotDeleted",
    "NotInCatalog",
    "NotJudged",
    "NotOffered",
    "NotShared",
    "NotSharedWithAll",
    "NotSignedIn",
    "NotThere",
    "NotYourProject",
    "OtherData",
    "OtherFormat",
    "OverQuota",
    "Partly",
    "Refused",
    "Rejected",
    "SomeUnfit",
    "Unfinished",
    "Unfit",
    "Unreachable",
    "Unseen",
    "Untrusted",
    "UnusableFile",
    "UnusableRule",
    "UploadFailed",
    "Usage",
    "cause_of",
]
