"""Which addresses the sandbox may have: loopback unless told otherwise, and never a name that belongs to Globus."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Hosts that nobody else can reach. The accounts have no passwords, so to listen elsewhere has to be asked for."""

GLOBUS_DOMAINS = ("globus.org", "globuscs.info")

SDK_SERVICES = ("AUTH", "TRANSFER", "GROUPS", "SEARCH", "FLOWS", "TIMER", "COMPUTE", "APP")
"""The services whose addresses globus-sdk reads from the environment (``globus_sdk.config.environments``)."""


class AddressRefusedError(ValueError):
    """The sandbox does not run under this address."""


def check_host(host: str, issuer: str | None) -> str:
    """Return *host* if the sandbox may listen on it, known to its clients as *issuer* (None: by that very address).

    Raises:
        AddressRefusedError: it is not loopback and no issuer was given, or it is none of anybody's.
    """
    if host in LOOPBACK_HOSTS:
        return host
    if not host or _is_globus(host):
        raise AddressRefusedError(f"The sandbox does not listen on {host!r}.")
    if issuer is None:
        raise AddressRefusedError(
            f"{host!r} is not this computer only ({', '.join(LOOPBACK_HOSTS)}). Whoever reaches the sandbox there can "
            "be anybody in it. If that is meant, as between containers, say by which address it is known: "
            "issuer='http://globus:8137' (--issuer)."
        )
    return host


def is_loopback(address: str) -> bool:
    """Say whether *address*, a host or an origin, is this computer's alone."""
    return (_host(address) if "//" in address else address) in LOOPBACK_HOSTS


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".").lower()


def _is_globus(host: str) -> bool:
    name = host.rstrip(".").lower()
    return any(name == domain or name.endswith("." + domain) for domain in GLOBUS_DOMAINS)


def check_issuer(issuer: str) -> str:
    """Return *issuer* if it is an http(s) origin that does not belong to Globus.

    Raises:
        AddressRefusedError: anything else; impersonating the real service is never right, even in a test.
    """
    if not _is_origin(issuer):
        raise AddressRefusedError("An issuer is an origin such as http://localhost:8000, without a path or a user.")
    if _is_globus(_host(issuer)):
        raise AddressRefusedError(f"The sandbox does not impersonate the real Globus ({_host(issuer)}).")
    return issuer


def _is_origin(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and "@" not in parts.netloc
            and address == f"{parts.scheme}://{parts.netloc}"
        )
    except ValueError:  # brackets that do not close, a port that is no number
        return False


def origin(host: str, port: int) -> str:
    """Return the http origin for *host* and *port*, with the brackets an IPv6 address needs."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def environment(issuer: str) -> dict[str, str]:
    """Return the variables that send every client of globus-sdk, and globus-cli, to *issuer*.

    All services are named, also those the sandbox lacks: a call that would have left for the internet fails loudly
    here instead. The values end in a slash because the SDK joins paths by concatenation.

    globus-cli keeps what it holds of the sandbox in a profile of its own. Without one it would send the tokens of a
    real login here, and forget them at ``globus logout``.
    """
    services = {f"GLOBUS_SDK_SERVICE_URL_{service}": f"{issuer}/" for service in SDK_SERVICES}
    return {**services, "GLOBUS_PROFILE": f"sandbox-{urlsplit(issuer).port or 'default'}"}
