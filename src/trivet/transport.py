"""
HTTP connections to Globus: one pool per thread, nothing of one user in it.

The SDK's clients are not to be shared between threads, but making one is cheap as long as it need not open its own
connections. So each thread keeps one transport, and every client made on it borrows that.
"""

import os
import threading
from http.cookiejar import DefaultCookiePolicy

from globus_sdk.transport import RequestsTransport, RetryConfig

from trivet.in_time import InTime


class Transports:
    """
    Hands out the calling thread's transport.

    Args:
        timeout_seconds: how long a service may take to connect, and to answer, to the last byte.
    """

    def __init__(self, *, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._local = threading.local()

    def current(self) -> RequestsTransport:
        """Return this thread's transport, made on first use, and anew in a forked process."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.transport = self._make()
            self._local.pid = os.getpid()
        transport: RequestsTransport = self._local.transport
        return transport

    def close(self) -> None:
        """Close the calling thread's connections."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.transport.close()
            del self._local.pid

    def _make(self) -> RequestsTransport:
        transport = RequestsTransport(http_timeout=self._timeout_seconds)
        # A cookie that a service sets for one user must not be sent along for the next.
        transport.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            transport.session.mount(scheme, InTime())
        return transport


def no_retries() -> RetryConfig:
    """For a request that must not be sent twice: a code is good for one exchange."""
    return RetryConfig(max_retries=0)


def one_quick_retry() -> RetryConfig:
    """
    For a request that may: once more, after at most a second, because a person is waiting.

    The SDK adds its checks to the object it is given, so every client needs its own.
    """
    return RetryConfig(max_retries=1, max_sleep=1)
