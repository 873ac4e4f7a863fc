"""All errors, as one tree. Each error has its own message and its exit status (1, unless another one is given).

Error:
├── request.py                  the request makes no sense, or names something that does not exist
│   ├── UsageError (2)          options that do not fit together, or an impossible value
│   ├── UnusableFile            a file that cannot be read, or that changed while it was read
│   ├── MissingCredentials      the user gave no credentials
│   ├── UnusableTlsFile         a file with certificates
│   ├── NoSuchImage
│   ├── AmbiguousName           several images have the name
│   ├── NoSuchProject
│   ├── AmbiguousProject        several own projects have the name
│   ├── NotAnOwner (3)          the new owner of an image cannot be found
│   ├── UnknownProperty         nothing defines a property
│   └── NothingToRemove         a tag or property that should be removed is not on the image
├── policy.py                   the policy, or the user, stops a command
│   ├── InvalidPolicyFile (2)   the policy file of a site is invalid
│   ├── UnusableRule            a rule from a site's package cannot be used
│   ├── RefusedByPolicy (3)     the policy stops the command; has the report
│   ├── NotConfirmed (3)        others would lose access, and the user did not agree
│   ├── CheckFailed (3)         a check found errors
│   ├── AuditFailed (3)         an audit found images with errors
│   └── AuditIncomplete         an audit could not check some images at all
├── membership.py               sharing an image, and answering an offer
│   ├── OpenToEverybody (3)     a community or public image has no members
│   ├── NotYourProject          only users of a project answer for it
│   ├── CannotActFor            the credentials are for another project
│   ├── NotShared               the image is not shared with the project
│   ├── NotSharedWithAll        the image is complete, some projects may have no access
│   ├── PartialFailure          some of the work is done, some failed
│   └── MembersUnknown          the service does not list the members of an image
├── data.py                     upload, verification, import and deletion
│   ├── FollowUpFailed          the image is complete, a later step failed
│   ├── NotSet                  the image is created, some requested values were ignored
│   ├── UploadFailed            the unfinished image was deleted, or could not be
│   ├── Mismatch                the received data differs from the data that was sent
│   ├── DataNotVerified         a file could not be verified as the data of an image
│   ├── ImportFailed            the cloud could not import the data
│   └── NotDeleted              some images, or all of them
│       └── DeletionNotConfirmed (3)  other people can use them, and the user did not agree
└── CloudError (cloud.py)       a service answers with an error, or not at all
    ├── Unreachable
    ├── RefusedRedirect         it would send the credentials to another place
    ├── RefusedByProxy          413 of a proxy before the service
    ├── UntrustedCertificate    TLS
    ├── NotInCatalog            the cloud, or the region, has no such service
    ├── InvalidRequest          400
    ├── NotSignedIn             401
    ├── NotAllowed              403
    ├── NotFound                404
    ├── NotSupported            405
    ├── Conflict                409
    ├── OverQuota               413
    ├── UnsupportedFormat       415
    ├── ServiceFailure          500 and above
    ├── NoRanges                range requests are not supported
    ├── ImageChanged            the image changed while it was read
    ├── NotChanged              a change was accepted, but not all of it is done
    └── UnexpectedAnswer        any other answer
        └── IncompleteList      a list without an end

Unlike other packages, this one exports the names of its modules: callers write ``errors.NotFound``.
"""

from __future__ import annotations

from vscclient.errors.base import Error, system_reason
from vscclient.errors.cloud import (
    FINAL_ERRORS,
    PROPERTY_REFUSALS,
    REFUSALS,
    CloudError,
    Conflict,
    ImageChanged,
    IncompleteList,
    InvalidRequest,
    NoRanges,
    NotAllowed,
    NotChanged,
    NotFound,
    NotInCatalog,
    NotSignedIn,
    NotSupported,
    OverQuota,
    RefusedByProxy,
    RefusedRedirect,
    ServiceFailure,
    UnexpectedAnswer,
    Unreachable,
    UnsupportedFormat,
    UntrustedCertificate,
)
from vscclient.errors.data import (
    DataNotVerified,
    DeletionNotConfirmed,
    FollowUpFailed,
    ImportFailed,
    Mismatch,
    NotDeleted,
    NotSet,
    UploadFailed,
)
from vscclient.errors.membership import (
    CannotActFor,
    MembersUnknown,
    NotShared,
    NotSharedWithAll,
    NotYourProject,
    OpenToEverybody,
    PartialFailure,
)
from vscclient.errors.policy import (
    AuditFailed,
    AuditIncomplete,
    CheckFailed,
    InvalidPolicyFile,
    NotConfirmed,
    RefusedByPolicy,
    UnusableRule,
)
from vscclient.errors.request import (
    AmbiguousName,
    AmbiguousProject,
    MissingCredentials,
    NoSuchImage,
    NoSuchProject,
    NotAnOwner,
    NothingToRemove,
    UnknownProperty,
    UnusableFile,
    UnusableTlsFile,
    UsageError,
)

__all__ = [
    "FINAL_ERRORS",
    "PROPERTY_REFUSALS",
    "REFUSALS",
    "AmbiguousName",
    "AmbiguousProject",
    "AuditFailed",
    "AuditIncomplete",
    "CannotActFor",
    "CheckFailed",
    "CloudError",
    "Conflict",
    "DataNotVerified",
    "DeletionNotConfirmed",
    "Error",
    "FollowUpFailed",
    "ImageChanged",
    "ImportFailed",
    "IncompleteList",
    "InvalidPolicyFile",
    "InvalidRequest",
    "MembersUnknown",
    "Mismatch",
    "MissingCredentials",
    "NoRanges",
    "NoSuchImage",
    "NoSuchProject",
    "NotAllowed",
    "NotAnOwner",
    "NotChanged",
    "NotConfirmed",
    "NotDeleted",
    "NotFound",
    "NotInCatalog",
    "NotSet",
    "NotShared",
    "NotSharedWithAll",
    "NotSignedIn",
    "NotSupported",
    "NotYourProject",
    "NothingToRemove",
    "OpenToEverybody",
    "OverQuota",
    "PartialFailure",
    "RefusedByPolicy",
    "RefusedByProxy",
    "RefusedRedirect",
    "ServiceFailure",
    "UnexpectedAnswer",
    "UnknownProperty",
    "Unreachable",
    "UnsupportedFormat",
    "UntrustedCertificate",
    "UnusableFile",
    "UnusableRule",
    "UnusableTlsFile",
    "UploadFailed",
    "UsageError",
    "system_reason",
]
