"""A session for another of the user's projects."""

from __future__ import annotations

from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.identity.generic import Token
from keystoneauth1.session import Session

from vscclient import errors
from vscclient.identity.error_translation import SERVICE, translate_errors
from vscclient.model.project import ProjectId
from vscclient.transport.answers import guard_answers


def rescope(session: Session, project_id: ProjectId) -> Session:
    """Return a session of the same user that is signed in to another project.

    Args:
        session: The session of the user.
        project_id: The other project.

    Raises:
        NotAllowed: The cloud does not exchange such a token: the token of an application credential.
        NotSignedIn: The same; some clouds answer with 401.
    """
    auth = session.auth
    auth_url = auth.auth_url if isinstance(auth, BaseIdentityPlugin) else None
    with translate_errors():
        token = session.get_token()
        if not (auth_url and token):
            raise errors.NotAllowed(SERVICE, "these credentials are for one project")
        exchanged = Token(auth_url, token=token, project_id=project_id)
        other = Session(auth=exchanged, verify=session.verify, cert=session.cert, timeout=session.timeout)
        guard_answers(other, SERVICE)
        exchanged.get_access(other)
    return other
