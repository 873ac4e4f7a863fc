"""One fault of each kind, for each test run; ``python -m tests.functional.faults --all`` tries all of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.functional.faults.fault import When
from tests.functional.faults.kinds import Stage
from tests.functional.faults.trial import Trial

SIGN_IN = Stage(method="POST", path="/v3/auth/tokens", service="identity")
FIND = Stage(method="GET", path="/v2/images")
READ = Stage(method="GET", path="/v2/images/[^/]+")
CREATE = Stage(method="POST", path="/v2/images")
SEND = Stage(method="PUT", path="/v2/images/[^/]+/file")
CHANGE = Stage(method="PATCH", path="/v2/images/[^/]+")
DELETE = Stage(method="DELETE", path="/v2/images/[^/]+")
ADD_MEMBER = Stage(method="POST", path="/v2/images/[^/]+/members")
REMOVE_MEMBER = Stage(method="DELETE", path="/v2/images/[^/]+/members/[^/]+")
DEACTIVATE = Stage(method="POST", path="/v2/images/[^/]+/actions/deactivate")

BEFORE, DURING, AFTER, DONE, ANSWERING = When


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The end of a command after a fault.

    Args:
        trial: The command and the fault.
        status: The exit status.
        left: What is in Glance afterwards; several ends, if the moment decides.
    """

    trial: Trial
    status: int
    left: str


def _row(command: str, stage: Stage, fault: str, when: When, *end: int | str) -> Expected:
    status, left = end
    assert isinstance(status, int) and isinstance(left, str)
    trial = Trial(command=command, stage=stage, fault=fault, when=when)
    return Expected(trial=trial, status=status, left=left)


ROWS = (
    _row("create", SIGN_IN, "503 Service Unavailable", AFTER, 1, "nothing"),
    _row("create", FIND, "500 Internal Server Error", AFTER, 1, "nothing"),
    _row("create", CREATE, "403 Forbidden", AFTER, 0, "active, private"),
    _row("create", CREATE, "400 Bad Request", DONE, 0, "active, private"),
    _row("create", CREATE, "404 Not Found", DONE, 0, "active, private"),
    _row("create", CREATE, "answer is about a public image", DONE, 1, "nothing"),
    _row("create", CREATE, "the service goes away", AFTER, 1, "nothing"),
    _row("create", SEND, "400 Bad Request", DURING, 1, "nothing"),
    _row("create", SEND, "401 Unauthorized", AFTER, 1, "nothing"),
    _row("create", SEND, "409 Conflict", DONE, 0, "active, private"),
    _row("create", SEND, "413 with a page of a front end", BEFORE, 1, "nothing"),
    _row("create", SEND, "502 with a page of a front end", DONE, 0, "active, private"),
    _row("create", SEND, "307 to another port", AFTER, 1, "nothing"),
    _row("create", SEND, "connection reset", DURING, 1, "nothing"),
    _row("create", SEND, "slow line", DURING, 0, "active, private"),
    _row("create", SEND, "503 from then on", AFTER, 1, "queued, private"),
    _row("create", SEND, "SIGINT", DURING, 130, "nothing"),
    _row("create", SEND, "SIGHUP", AFTER, 129, "nothing"),
    _row("create", READ, "503 Service Unavailable", AFTER, 0, "active, private"),
    _row("create", READ, "answer is cut", DONE, 0, "active, private"),
    _row("create", READ, "answer is not JSON", DONE, 0, "active, private"),
    _row("create", READ, "SIGTERM", DONE, 143, "nothing"),
    _row("set --tag", CHANGE, "429 Too Many Requests, Retry-After", AFTER, 1, "active, private"),
    _row("set --deactivate", DEACTIVATE, "404 Not Found", AFTER, 1, "active, private"),
    _row("community", CHANGE, "silent line", AFTER, 1, "active, private"),
    _row("community", CHANGE, "connection closed", AFTER, 1, "active, private"),
    _row("share", ADD_MEMBER, "a front end repeats the request", DONE, 0, "active, shared, 1 member"),
    _row("private", CHANGE, "504 Gateway Timeout", AFTER, 1, "active, shared, 1 member"),
    _row("delete", DELETE, "503 for some requests", AFTER, 1, "active, community"),
    _row("delete --unprotect", DELETE, "connection reset", AFTER, 1, "active, private, protected"),
    _row("create", CREATE, "401 Unauthorized", DONE, 0, "active, private"),
    _row("create", CREATE, "302 to another port", AFTER, 1, "nothing"),
    _row("create", READ, "answer is null", DONE, 0, "active, private"),
    _row("create", READ, "answer has another ID", DONE, 0, "active, private"),
    _row("create", READ, "huge answer", DONE, 0, "active, private"),
    _row("private", CHANGE, "301 to another port", AFTER, 1, "active, shared, 1 member"),
    _row("private", READ, "answer has values of other types", DONE, 1, "active, shared, 1 member"),
    _row("share", READ, "answer has no fields", DONE, 1, "active, private"),
    _row("delete", READ, "308 to another port", AFTER, 1, "active, community"),
    _row("create", SEND, "503 for some requests", AFTER, 1, "nothing"),
    _row("create", SEND, "SIGINT, again while it cleans up", AFTER, 130, "active, private"),
    _row("create --community --protected", CHANGE, "504 Gateway Timeout", DONE, 0, "active, community, protected"),
    _row("create --community --protected", CHANGE, "SIGINT", DONE, 130, "active, community, protected"),
    _row("create --share-with", ADD_MEMBER, "connection closed", DONE, 0, "active, shared, 1 member"),
    _row("set --tag", CHANGE, "connection reset", ANSWERING, 0, "active, private"),
    _row("set --deactivate", DEACTIVATE, "504 Gateway Timeout", DONE, 0, "deactivated, private"),
    _row("community", CHANGE, "400 Bad Request", DONE, 0, "active, community"),
    _row("share", ADD_MEMBER, "answer is a list", DONE, 0, "active, shared, 1 member"),
    _row("private", CHANGE, "empty answer", DONE, 0, "active, private"),
    _row("delete", DELETE, "504 Gateway Timeout", DONE, 0, "nothing"),
    _row("delete", DELETE, "the service goes away", DONE, 1, "nothing"),
    _row("share", ADD_MEMBER, "409 Conflict", AFTER, 1, "active, shared"),
    _row("share", ADD_MEMBER, "503 from then on", DONE, 1, "active, shared, 1 member"),
    _row("private --forget-members", CHANGE, "403 Forbidden", AFTER, 0, "active, private"),
    _row("private --forget-members", REMOVE_MEMBER, "403 Forbidden", DONE, 0, "active, private"),
)
