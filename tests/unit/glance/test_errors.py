from __future__ import annotations

import ssl

from glanceclient import exc
from keystoneauth1 import exceptions as ksa

from tests import base
from vscclient import errors
from vscclient.glance.client import translate_errors


def _translate(failure: Exception) -> errors.CloudError:
    try:
        with translate_errors():
            raise failure
    except errors.CloudError as error:
        return error


def _untrusted() -> Exception:
    failure = ksa.SSLError("x")
    failure.__cause__ = ssl.SSLCertVerificationError("self-signed")
    return failure


class TestTranslateErrors(base.BaseTestCase):
    def test_each_status_has_its_class(self) -> None:
        for status, expected in (
            (400, errors.InvalidRequest),
            (401, errors.NotSignedIn),
            (403, errors.NotAllowed),
            (404, errors.NotFound),
            (405, errors.NotSupported),
            (409, errors.Conflict),
            (413, errors.OverQuota),
            (415, errors.UnsupportedFormat),
            (429, errors.UnexpectedAnswer),
            (504, errors.ServiceFailure),
        ):
            with self.subTest(status=status, expected=expected):
                self.assertIs(expected, type(_translate(exc.HTTPException(f"{status} Reason: said"))))

    def test_each_failed_connection_has_its_class(self) -> None:
        for failure, expected in (
            (exc.CommunicationError("x"), errors.Unreachable),
            (_untrusted(), errors.UntrustedCertificate),
            (ksa.SSLError("the handshake was cut"), errors.Unreachable),
            (ksa.ConnectTimeout("x"), errors.Unreachable),
            (ksa.EndpointNotFound("x"), errors.Unreachable),
        ):
            with self.subTest(failure=failure, expected=expected):
                self.assertIs(expected, type(_translate(failure)))

    def test_a_200_of_another_service_is_an_unexpected_answer(self) -> None:
        for failure in (TypeError("'NoneType' object is not subscriptable"), KeyError("images"), AttributeError("get")):
            with self.subTest(failure=failure):
                self.assertIn(
                    "an unexpected answer; is this the address of an Image service?", str(_translate(failure))
                )

    def test_the_message_has_the_reason_alone(self) -> None:
        answer = exc.HTTPForbidden("403 Forbidden: Access was denied to this resource.: You are not permitted.")

        self.assertEqual(
            "The Image service does not allow this: You are not permitted. "
            "If you should be able to do it, ask the cloud's operators",
            str(_translate(answer)),
        )

    def test_a_401_after_a_login_is_not_about_mistyped_credentials(self) -> None:
        for text in (
            "This server could not verify that you are authorized to access the document you requested. Either …",
            "The request you have made requires authentication.",
        ):
            with self.subTest(text=text):
                self.assertEqual(
                    "The Image service does not accept the credentials. The Identity service has accepted them: "
                    "an application credential with access rules may exclude this request, or the token has expired",
                    str(_translate(exc.HTTPUnauthorized(f"401 Unauthorized: {text}"))),
                )

    def test_an_unexpected_status_is_reported(self) -> None:
        self.assertEqual(
            "The Image service returned: 429 Too Many Requests",
            str(_translate(exc.HTTPException("429 Too Many Requests"))),
        )

    def test_addresses_and_class_names_are_removed(self) -> None:
        silence = exc.CommunicationError(
            "Error finding address for http://h/v2/images: Unable to establish connection to http://h/v2/images: "
            "HTTPConnectionPool(host='h', port=1): Max retries exceeded ([Errno 111] Connection refused)"
        )

        self.assertIn("does not answer: connection refused.", str(_translate(silence)))
