"""All errors, as one tree. Each error has its own message and its exit status (1, unless another one is given).

Error:
├── request.py                  the request makes no sense, or names something that does not exist
│   ├── Usage (2)               options that do not fit together, or an impossible value
│   ├── UnusableFile            a file that cannot be read, or that changed while it was read
│   ├── NoCredentials           the user gave no credentials
│   ├── NoSuchImage
│   ├── AmbiguousName           several images have the name
│   ├── NoSuchProject
│   ├── AmbiguousProject        several own projects have the name
│   ├── NotAnOwner (3)          the new owner of an image cannot be found
│   └── Missing                 a tag or property that should be removed is not on the image
├── policy.py                   the policy, or the user, stops a command
│   ├── BadPolicy (2)           the policy file of a site is invalid
│   ├── UnusableRule            a rule from a site's package cannot be used
│   ├── Refused (3)             the policy stops the command; has the report
│   ├── NotAgreed (3)           others would lose access, and the user did not agree
│   ├── Unfit (3)               a check found errors
│   ├── SomeUnfit (3)           an audit found images with errors
│   └── NotJudged               an audit could not check some images at all
├── membership.py               sharing an image, and answering an offer
│   ├── ForEverybody (3)        a community or public image has no members
│   ├── NotYourProject          only users of a project answer for it
│   ├── CannotActFor            the credentials are for another project
│   ├── NotShared               the image is not shared with the project
│   ├── NotSharedWithAll        the image is complete, some projects have no access
│   ├── Partly                  some of the work is done, some failed
│   └── Unseen                  the service does not list the members of an image
├── data.py                     upload, verification, import and deletion
│   ├── Unfinished              the image is complete, a later step failed
│   ├── UploadFailed            the unfinished image was deleted, or could not be
│   ├── Mismatch                the received data differs from the data that was sent
│   ├── OtherData               a file could not be verified as the data of an image
│   ├── ImportFailed            the cloud could not import the data
│   └── NotDeleted              some images, or all of them
└── CloudError (cloud.py)       a service answers with an error, or not at all
    ├── Unreachable
    ├── Untrusted               TLS
    ├── NotInCatalog            the cloud, or the region, has no such service
    ├── Invalid                 400
    ├── NotSignedIn             401
    ├── NotAllowed              403
    ├── NotThere                404
    ├── NotOffered              405
    ├── Conflict                409
    ├── OverQuota               413
    ├── OtherFormat             415
    ├── Failing                 500 and above
    ├── NoRanges                range requests are not supported
    ├── Altered                 the image changed while it was read
    └── Rejected                any other answer

Unlike other packages, this one exports the names of its modules: callers write ``errors.NotThere``.
"""

from __future__ import annotations

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
from vscclient.errors.membership import (
    CannotActFor,
    ForEverybody,
    NotShared,
    NotSharedWithAll,
    NotYourProject,
    Partly,
    Unseen,
)
from vscclient.errors.policy import BadPolicy, NotAgreed, NotJudged, Refused, SomeUnfit, Unfit, UnusableRule
from vscclient.errors.request import (
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
from vscclient.errors.root import Error

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
