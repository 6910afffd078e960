"""
Three-legged OAuth with Globus for Python web applications.

An application imports the adapter of its framework, ``from trivet.flask import Globus``; this module holds the names
that are the same in all of them. The file is the table of contents.
"""

from trivet.config import Config
from trivet.errors import (
    AccessRefused,
    AttemptUnknown,
    ClientRefused,
    CodeRefused,
    ConfigError,
    ConsentNeeded,
    GlobusRefused,
    GlobusUnavailable,
    IdTokenRefused,
    LoginNeeded,
    NothingToCarryOn,
    ScopesWithheld,
    SignInDenied,
    SignInError,
    SignInInVain,
    StepUpNeeded,
    StoreUnavailable,
    TrivetError,
)
from trivet.forecast import Forecast
from trivet.requirement import Requirement
from trivet.tokens import AccessToken, Grant
from trivet.user import Identity, OpenSession, User
from trivet.version import __version__

__all__ = [
    "AccessRefused",
    "AccessToken",
    "AttemptUnknown",
    "ClientRefused",
    "CodeRefused",
    "Config",
    "ConfigError",
    "ConsentNeeded",
    "Forecast",
    "GlobusRefused",
    "GlobusUnavailable",
    "Grant",
    "IdTokenRefused",
    "Identity",
    "LoginNeeded",
    "NothingToCarryOn",
    "OpenSession",
    "Requirement",
    "ScopesWithheld",
    "SignInDenied",
    "SignInError",
    "SignInInVain",
    "StepUpNeeded",
    "StoreUnavailable",
    "TrivetError",
    "User",
    "__version__",
]
