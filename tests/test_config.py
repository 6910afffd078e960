"""Configuration."""

from typing import Any

import pytest

from trivet.config import SETTINGS, Config
from trivet.errors import ConfigError

GOOD = {"GLOBUS_CLIENT_ID": "0d4c7a10-1111-4222-8333-9a0b1c2d3e4f", "GLOBUS_CLIENT_SECRET": "canary"}
SECRET = "x" * 32


def configured(*, secret_keys: Any = (SECRET,), **values: Any) -> Config:
    return Config.from_mapping({**GOOD, **values}, secret_keys=secret_keys, default_store="memory:")


def problems(*, secret_keys: Any = (SECRET,), **values: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        configured(secret_keys=secret_keys, **values)
    assert "canary" not in str(caught.value)
    return caught.value.problems


def test_id_and_secret_are_enough() -> None:
    """With a client id and secret, everything else has a default that works on this machine."""
    config = configured()
    assert config.base_url == "http://localhost:5000"
    assert config.redirect_uri == "http://localhost:5000/login/callback"
    assert (config.login_path, config.callback_path, config.logout_path) == ("/login", "/login/callback", "/logout")
    assert config.scopes == ("openid", "profile", "email")
    assert config.refresh_tokens
    assert config.app_name == "localhost:5000"
    assert not config.secure


def test_everything_wrong_is_said_at_once() -> None:
    """A configuration with several mistakes is refused with a sentence for each."""
    with pytest.raises(ConfigError) as caught:
        Config.from_mapping({"GLOBUS_BASE_URL": "nonsense"}, secret_keys=[None], default_store="memory:")
    text = str(caught.value)
    for key in (
        "GLOBUS_CLIENT_ID is missing",
        "GLOBUS_CLIENT_SECRET is missing",
        "GLOBUS_BASE_URL has",
        "SECRET_KEY, and",
    ):
        assert key in text


def test_a_slip_of_the_keyboard_is_noticed() -> None:
    """An unknown ``GLOBUS_`` key is a problem, and the nearest setting is suggested; other keys are not ours."""
    assert problems(GLOBUS_SCOPE=["x"]) == ("GLOBUS_SCOPE is not a setting; did you mean GLOBUS_SCOPES?",)
    assert problems(GLOBUS_ZZZ=1) == ("GLOBUS_ZZZ is not a setting.",)
    assert configured(SQLALCHEMY_URL="x", globus_scope="x")


@pytest.mark.parametrize(
    "values",
    [
        {"GLOBUS_CLIENT_ID": "my-app"},
        {"GLOBUS_CLIENT_ID": "<CLIENT_ID>"},
        {"GLOBUS_CLIENT_SECRET": " "},
        {"GLOBUS_BASE_URL": "http://portal.example.org"},
        {"GLOBUS_BASE_URL": "https://portal.example.org/app"},
        {"GLOBUS_BASE_URL": "portal.example.org"},
        {"GLOBUS_BASE_URL": 5000},
        {"GLOBUS_BASE_URL": "http://localhost:abc"},
        {"GLOBUS_BASE_URL": "https://user@portal.example.org"},
        {"GLOBUS_BASE_URL": "https://münchen.example"},
        {"GLOBUS_STORE": "mysql://x"},
        {"GLOBUS_REDIRECT_URI": "http://["},
        {"GLOBUS_URL_PREFIX": "auth"},
        {"GLOBUS_URL_PREFIX": "/auth/"},
        {"GLOBUS_SCOPES": 7},
        {"GLOBUS_SCOPES": ["a["]},
        {"GLOBUS_SCOPES": [7]},
        {"GLOBUS_REFRESH_TOKENS": "yes"},
        {"GLOBUS_SESSION_IDLE_SECONDS": 0},
        {"GLOBUS_SESSION_IDLE_SECONDS": "600"},
        {"GLOBUS_SESSION_IDLE_SECONDS": True},
        {"GLOBUS_SESSION_IDLE_SECONDS": 100, "GLOBUS_SESSION_ABSOLUTE_SECONDS": 99},
        {"GLOBUS_REDIRECT_URI": "https://elsewhere.example/login"},
        {"GLOBUS_REDIRECT_URI": "http://localhost:5000/login?x=1"},
        {"GLOBUS_REDIRECT_URI": "http://localhost:5000/logout"},
        {"GLOBUS_REDIRECT_URI": "http://localhost:5000"},
    ],
)
def test_values_that_cannot_work_are_refused(values: dict[str, Any]) -> None:
    """A value that cannot work is refused at start-up, in one sentence that names its key."""
    (problem,) = problems(**values)
    assert any(key in problem for key in values)


@pytest.mark.parametrize("secret_keys", [[], [None], [""], ["short"], [None, SECRET], [SECRET, "x"], [12345678], [0]])
def test_a_weak_secret_key_is_refused(secret_keys: list[str | None]) -> None:
    """A missing or short secret is refused, with the command that makes a good one; a fallback does not replace it."""
    (problem,) = problems(secret_keys=secret_keys)
    assert "secrets.token_hex(32)" in problem
    assert "the list SECRET_KEY_FALLBACKS" in problem  # a text in its place looks like a list of short secrets


def test_old_secrets_come_after_the_current_one() -> None:
    """The current secret seals; those before it are kept in order, to open."""
    assert configured(secret_keys=[SECRET, "old" * 20]).secret_keys == (SECRET.encode(), b"old" * 20)


def test_https_makes_it_secure_and_default_ports_do_not_matter() -> None:
    """A base URL is compared with what browsers send, who leave out the default port and any capitals."""
    config = configured(GLOBUS_BASE_URL="https://Portal.Example.org:443/")
    assert (config.base_url, config.host, config.secure) == ("https://portal.example.org", "portal.example.org", True)


def test_one_address_may_serve_both_legs() -> None:
    """Portals that registered ``/login`` itself as their redirect address can keep it."""
    config = configured(GLOBUS_REDIRECT_URI="http://localhost:5000/login")
    assert config.callback_path == config.login_path == "/login"


def test_scopes_may_be_a_list_or_a_text() -> None:
    """Identity scopes always come along; a text is split unless it holds brackets."""
    transfer = "urn:globus:auth:scope:transfer.api.globus.org:all"
    assert configured(GLOBUS_SCOPES=[transfer]).scopes[-1] == transfer
    assert configured(GLOBUS_SCOPES=f"openid {transfer}").scopes == configured(GLOBUS_SCOPES=[transfer]).scopes
    assert len(configured(GLOBUS_SCOPES=f"{transfer}[a b]").scopes) == 4


def test_a_configuration_prints_without_its_secret() -> None:
    """The client secret is stars in any text made of the configuration."""
    assert "canary" not in repr(configured())


def test_every_setting_says_what_it_is_for() -> None:
    """Each row of the table has a sentence."""
    assert all(setting.sentence.endswith(".") for setting in SETTINGS)
