"""Acting for another of the user's projects."""

from __future__ import annotations

from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.identity.generic import Token
from keystoneauth1.session import Session

from vscclient import errors
from vscclient.identity.failure import SERVICE, translated
from vscclient.model.project import ProjectId


def rescoped(session: Session, project_id: ProjectId) -> Session:
    """The same user, signed in to another project.

    Raises:
        NotAllowed: The cloud does not exchange this kind of token: that of an application credential.
        NotSignedIn: The same, as some clouds say it.
    """
    auth = session.auth
    auth_url = auth.auth_url if isinstance(auth, BaseIdentityPlugin) else None
    with translated():
        token = session.get_token()
    if not (auth_url and token):
        raise errors.NotAllowed(SERVICE, "this way of signing in is for one project")
    with translated():
        exchanged = Token(auth_url, token=token, project_id=project_id)
        theirs = Session(auth=exchanged, verify=session.verify, cert=session.cert, timeout=session.timeout)
        exchanged.get_access(theirs)
    return theirs
