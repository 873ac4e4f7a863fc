from __future__ import annotations

from glanceclient import exc
from keystoneauth1 import exceptions as ksa
from oslotest import base

from vscclient import errors
from vscclient.glance.failure import translated


def _translate(failure: Exception) -> errors.CloudError:
    try:
        with translated():
            raise failure
    except errors.CloudError as error:
        return error


class TestTranslated(base.BaseTestCase):
    def test_every_answer_has_its_class(self) -> None:
        for failure, expected in (
            (exc.HTTPUnauthorized("x"), errors.NotSignedIn),
            (exc.HTTPForbidden("x"), errors.NotAllowed),
            (exc.HTTPNotFound("x"), errors.NotThere),
            (exc.HTTPConflict("x"), errors.Conflict),
            (exc.HTTPOverLimit("x"), errors.OverQuota),
            (exc.HTTPBadRequest("x"), errors.Rejected),
            (exc.HTTPException("x"), errors.Rejected),
            (exc.CommunicationError("x"), errors.Unreachable),
            (ksa.SSLError("x"), errors.Untrusted),
            (ksa.ConnectTimeout("x"), errors.Unreachable),
            (ksa.EndpointNotFound("x"), errors.Unreachable),
            (KeyError("content-type"), errors.Rejected),
        ):
            self.assertIs(expected, type(_translate(failure)))

    def test_html_is_taken_off(self) -> None:
        answer = exc.HTTPForbidden(
            "403 Forbidden: Access was denied to this resource.: You are not permitted to create images "
            "owned by &#x27;x&#x27;."
        )

        self.assertEqual(
            "The Image service does not allow it: You are not permitted to create images owned by 'x'. "
            "If you should be able to do this, ask the cloud's operators",
            str(_translate(answer)),
        )

    def test_addresses_and_class_names_are_taken_off(self) -> None:
        silence = exc.CommunicationError(
            "Error finding address for http://h/v2/images: Unable to establish connection to http://h/v2/images: "
            "HTTPConnectionPool(host='h', port=1): Max retries exceeded ([Errno 111] Connection refused)"
        )

        self.assertIn("does not answer: connection refused.", str(_translate(silence)))
