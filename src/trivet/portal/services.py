"""What Globus services and permissions are called on a page."""

from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True, slots=True)
class Service:
    """A service's name, and a sentence on what the portal uses it for."""

    name: str
    purpose: str


SERVICES = {
    "auth.globus.org": Service("Globus Auth", "Tells this portal who you are."),
    "transfer.api.globus.org": Service("Globus Transfer", "Finds, looks into and sends files, in your name."),
    "groups.api.globus.org": Service("Globus Groups", "Tells this portal which groups you belong to."),
}

PERMISSIONS = {
    "openid": "your identity",
    "profile": "your name and organization",
    "email": "your email address",
    "urn:globus:auth:scope:transfer.api.globus.org:all": "manage data",
}


def service(resource_server: str) -> Service:
    """Return the words for *resource_server*; one that we do not know goes by its address."""
    return SERVICES.get(resource_server) or Service(resource_server, "")


def permissions(scopes: frozenset[str]) -> list[str]:
    """Return *scopes* in words, the known ones first; one that we do not know is shown as it is."""
    known = [words for scope, words in PERMISSIONS.items() if scope in scopes]
    return known + sorted(scope for scope in scopes if scope not in PERMISSIONS)


def add_to(app: Flask) -> None:
    app.add_template_filter(service)
    app.add_template_filter(permissions)
