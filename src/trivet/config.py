"""
What can be set: one row per setting, all checked at once when the application starts.

Settings are ``GLOBUS_...`` keys of the framework's own configuration. A key that is not in the table is a mistake and
is said to be one, so that a slip of the keyboard never becomes a silent default.
"""

import difflib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from trivet import scopes
from trivet.errors import ConfigError
from trivet.tokens import ClientSecret

MIN_SECRET_BYTES = 32
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
STORES = ("sqlite", "postgresql", "redis", "rediss", "valkey", "valkeys", "memory")  # what a store's URL begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table: the key without ``GLOBUS_``, how to read it, what it is when left out, what it is for."""

    name: str
    read: Callable[[Any], Any]
    default: Any
    sentence: str

    @property
    def key(self) -> str:
        return f"GLOBUS_{self.name}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("has to be a text that is not empty")
    return value.strip()


def _client_id(value: Any) -> str:
    try:
        return str(uuid.UUID(_text(value)))
    except ValueError:
        raise ValueError("has to be the UUID that Globus shows for your app") from None


def _base_url(value: Any) -> str:
    parts = _address(value)
    if not parts.hostname or parts.path.strip("/") or parts.query or "@" in parts.netloc or not parts.netloc.isascii():
        raise ValueError("has to be scheme, host (in ASCII) and port only, such as https://portal.example.org")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("has to begin with https://; plain http is for localhost only")
    default_port = ":443" if parts.scheme == "https" else ":80"  # browsers leave it out of the Host header
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default_port)}"


def _redirect_uri(value: Any) -> str:
    return _address(value).geturl()


def _address(value: Any) -> SplitResult:
    try:
        parts = urlsplit(_text(value))
        if parts.scheme in {"http", "https"} and (parts.port is None or parts.port):
            return parts
    except ValueError:
        pass
    raise ValueError("has to be an address that begins with https:// or, for localhost only, http://")


def _store(value: Any) -> str:
    url = _text(value)
    if url.partition(":")[0] not in STORES:
        raise ValueError(f"has to begin with {', '.join(f'{kind}:' for kind in STORES[:-1])} or {STORES[-1]}:")
    return url


def _url_prefix(value: Any) -> str:
    if not isinstance(value, str) or (value and (not value.startswith("/") or value.endswith("/"))):
        raise ValueError("has to be empty, or begin with a slash and not end with one, such as /auth")
    return value


def _scopes(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        # A blank inside brackets separates dependencies, so only a text without them can be split.
        value = [value] if "[" in value else value.split()
    if not isinstance(value, list | tuple) or not all(isinstance(scope, str) for scope in value):
        raise ValueError("has to be a list of scope strings")
    for scope in value:
        if problem := scopes.parse_problem(scope):
            raise ValueError(f"holds {scope!r}, which is no scope: {problem}")
    return scopes.union(scopes.IDENTITY_SCOPES, value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("has to be true or false")
    return value


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("has to be a whole number of seconds, 1 or more")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("has to be a whole number, 1 or more")
    return value


def _interval(value: Any) -> int:
    return 0 if value == 0 and not isinstance(value, bool) else _seconds(value)


REQUIRED = object()

SETTINGS = (
    Setting(
        name="CLIENT_ID", read=_client_id, default=REQUIRED,
        sentence="The client UUID that Globus shows for your app.",
    ),
    Setting(
        name="CLIENT_SECRET", read=lambda value: ClientSecret(_text(value)), default=REQUIRED,
        sentence="A client secret that you made for your app at Globus.",
    ),
    Setting(
        name="BASE_URL", read=_base_url, default="http://localhost:5000",
        sentence="Where browsers find the application: scheme, host and port. Never taken from a request.",
    ),
    Setting(
        name="URL_PREFIX", read=_url_prefix, default="",
        sentence="What comes before /login, /login/callback and /logout, such as /auth.",
    ),
    Setting(
        name="REDIRECT_URI", read=_redirect_uri, default=None,
        sentence="The redirect address registered at Globus, when it is not BASE_URL + URL_PREFIX + /login/callback. "
        "It may be the address of /login itself.",
    ),
    Setting(
        name="SCOPES", read=_scopes, default=scopes.IDENTITY_SCOPES,
        sentence="What to ask for at every sign-in, as a list; openid, profile and email always come along.",
    ),
    Setting(
        name="REFRESH_TOKENS", read=_flag, default=True,
        sentence="Whether to ask for refresh tokens, so that a session outlives the 48 hours of an access token.",
    ),
    Setting(
        name="SESSION_IDLE_SECONDS", read=_seconds, default=12 * 3600,
        sentence="How long a session lasts without a visit.",
    ),
    Setting(
        name="SESSION_ABSOLUTE_SECONDS", read=_seconds, default=7 * 24 * 3600,
        sentence="How long a session lasts at most, however busy.",
    ),
    Setting(
        name="LOGIN_SECONDS", read=_seconds, default=15 * 60,
        sentence="How long a person may take at Globus to sign in.",
    ),
    Setting(
        name="EXPLAIN_STEP_UP", read=_flag, default=True,
        sentence="Whether a page says who asks for what before a signed-in person is sent to Globus for more.",
    ),
    Setting(
        name="LIVENESS_SECONDS", read=_interval, default=0,
        sentence="How often Globus is asked whether it still stands behind a session that is in use; 0 for never. "
        "No page waits longer than two seconds for the answer.",
    ),
    Setting(
        name="CONDITIONS_SECONDS", read=_seconds, default=300,
        sentence="How long an answer of Globus about a person's session and groups counts, for pages with conditions.",
    ),
    Setting(
        name="HTTP_TIMEOUT_SECONDS", read=_seconds, default=10,
        sentence="How long to wait for an answer of Globus, to its last byte.",
    ),
    Setting(
        name="WAITING_REQUESTS", read=_count, default=2,
        sentence="How many requests of one worker process may wait for a refresh, or for Globus Auth when it has just "
        "kept one waiting in vain; the others say that Globus is slow. "
        "Keep it below the number of its threads, so that other pages have some left.",
    ),
    Setting(
        name="SWEEP_SECONDS", read=_interval, default=60,
        sentence="How often, more or less, a worker ends sessions that have run out and revokes what is still to be "
        "revoked; 0 for never, where cron runs `trivet sweep`.",
    ),
    Setting(
        name="STORE", read=_store, default=None,
        sentence="Where sessions live: sqlite:///path, postgresql://user@host/database, redis://user:password@host, "
        "or memory: in tests. Left out, a SQLite file in the application's instance folder.",
    ),
    Setting(
        name="APP_NAME", read=_text, default=None,
        sentence="What people call the application; shown on our pages and on the Globus logout page.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings, checked; see `SETTINGS` for what each is. ``secret_keys`` seal what we keep, current one first."""

    client_id: str
    client_secret: ClientSecret
    base_url: str
    url_prefix: str
    redirect_uri: str
    scopes: tuple[str, ...]
    refresh_tokens: bool
    session_idle_seconds: int
    session_absolute_seconds: int
    login_seconds: int
    explain_step_up: bool
    liveness_seconds: int
    conditions_seconds: int
    http_timeout_seconds: int
    waiting_requests: int
    sweep_seconds: int
    store: str
    app_name: str
    secret_keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_mapping(
        cls,
        values: Mapping[str, Any],
        *,
        secret_keys: Sequence[Any],
        default_store: str,
        **defaults: Any,
    ) -> Self:
        """
        Read the ``GLOBUS_...`` keys of *values*; all other keys are somebody else's.

        Args:
            values: the framework's configuration.
            secret_keys: the application's secret, then those it had before.
            default_store: the store when none is set.
            defaults: what the framework knows better than the table, by field name, such as ``base_url``.

        Raises:
            ConfigError: with a sentence for each thing that is wrong.
        """
        problems = _unknown_keys(values)
        fields: dict[str, Any] = {}
        for setting in SETTINGS:
            default = defaults.get(setting.name.lower(), setting.default)
            value = values.get(setting.key)
            try:
                fields[setting.name.lower()] = _value(setting, value, default)
            except ValueError as error:
                problems.append(f"{setting.key} {error}.")
        keys, key_problems = _checked_secrets(secret_keys)
        problems += key_problems
        if not problems:
            _fill_in(fields, default_store)
            problems += _contradictions(fields)
        if problems:
            raise ConfigError(problems)
        return cls(**fields, secret_keys=keys)

    @property
    def secure(self) -> bool:
        """Whether browsers reach the application over https."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """Host and port, as in the ``Host`` header."""
        return urlsplit(self.base_url).netloc

    @property
    def login_path(self) -> str:
        return f"{self.url_prefix}/login"

    @property
    def callback_path(self) -> str:
        """Where the browser comes back to; the same as `login_path` for applications registered that way."""
        return urlsplit(self.redirect_uri).path

    @property
    def carry_on_path(self) -> str:
        """Where a form is carried on with that a step-up has interrupted."""
        return f"{self.url_prefix}/login/continue"

    @property
    def logout_path(self) -> str:
        return f"{self.url_prefix}/logout"

    @property
    def home_url(self) -> str:
        return f"{self.base_url}/"


def _value(setting: Setting, value: Any, default: Any) -> Any:
    if value is not None:
        return setting.read(value)
    if default is REQUIRED:
        raise ValueError("is missing")
    return setting.read(default) if isinstance(default, str) else default


def _unknown_keys(values: Mapping[str, Any]) -> list[str]:
    known = [setting.name for setting in SETTINGS]
    problems = []
    for key in values:
        name = key.removeprefix("GLOBUS_")
        if name != key and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            problems.append(f"{key} is not a setting" + (f"; did you mean GLOBUS_{near[0]}?" if near else "."))
    return problems


def _checked_secrets(secrets: Sequence[Any]) -> tuple[tuple[bytes, ...], list[str]]:
    keys = [secret.encode() if isinstance(secret, str) else secret for secret in secrets if secret is not None]
    strong = [isinstance(key, bytes) and len(key) >= MIN_SECRET_BYTES for key in keys]
    if secrets and secrets[0] is not None and all(strong):
        return tuple(keys), []
    return (), [
        f"SECRET_KEY, and each in the list SECRET_KEY_FALLBACKS, has to be a text of {MIN_SECRET_BYTES} characters or "
        'more; make one with: python -c "import secrets; print(secrets.token_hex(32))".'
    ]


def _fill_in(fields: dict[str, Any], default_store: str) -> None:
    """Settle the settings whose default depends on others."""
    fields["redirect_uri"] = fields["redirect_uri"] or f"{fields['base_url']}{fields['url_prefix']}/login/callback"
    fields["store"] = fields["store"] or default_store
    fields["app_name"] = fields["app_name"] or urlsplit(fields["base_url"]).netloc


def _contradictions(fields: Mapping[str, Any]) -> list[str]:
    problems = []
    redirect, base_url = urlsplit(fields["redirect_uri"]), fields["base_url"]
    if f"{redirect.scheme}://{redirect.netloc}" != base_url or not redirect.path or redirect.query or redirect.fragment:
        problems.append(
            f"GLOBUS_REDIRECT_URI has to be an address under GLOBUS_BASE_URL ({base_url}), without a query."
        )
    for taken in ("/logout", "/login/continue"):
        if redirect.path == f"{fields['url_prefix']}{taken}":
            problems.append(f"GLOBUS_REDIRECT_URI is the address of {taken}.")
    if fields["session_idle_seconds"] > fields["session_absolute_seconds"]:
        problems.append("GLOBUS_SESSION_IDLE_SECONDS is longer than GLOBUS_SESSION_ABSOLUTE_SECONDS.")
    return problems
