"""Access logs."""

import logging

import pytest

from trivet.access_log import HideCallbackQuery


@pytest.mark.parametrize(
    ("message", "arguments", "clean"),
    [
        ('"%s" %s', ("GET /cb?code=canary&state=canary&x=1", 303), '"GET /cb?code=*****&state=*****&x=1" 303'),
        ("%(r)s", ({"r": "GET /login?next=/a&code=canary HTTP/1.1"},), "GET /login?next=/a&code=***** HTTP/1.1"),
        ("GET /zipcode=canary-is-fine", (), "GET /zipcode=canary-is-fine"),
        ("100%% of %s", ("it",), "100% of it"),
    ],
)  # fmt: skip
def test_codes_are_stars_in_access_logs(message: str, arguments: object, clean: str) -> None:
    """In a line of an access log the values of ``code`` and ``state`` are stars; everything else stays."""
    record = logging.LogRecord("werkzeug", logging.INFO, "", 0, message, arguments, None)  # type: ignore[arg-type]
    assert HideCallbackQuery().filter(record)
    assert record.getMessage() == clean
