"""
Requirements: what somebody has to do at Globus before a service does what they want.

A service says so in a Globus Auth Requirements Error (Globus docs, "Globus Auth Requirements Errors"), of which there
are many variants in use, at many statuses. They are all read here, from the document alone. What is in it came over the
wire and goes into addresses and onto pages, so each value is looked at: what cannot be meant is left out, what is too
long is cut off, and nothing raises.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from trivet import scopes
from trivet.foreign_text import one_line

MAX_VALUES = 20  # in one list
MAX_SCOPES_CHARACTERS = 2000  # of all scopes together: they travel in addresses, of which servers take 8000
MAX_ERRORS = 20  # parts of one error document that are looked at

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DOMAIN = re.compile(r"[A-Za-z0-9*][A-Za-z0-9.*-]{0,252}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    What is demanded, by the names it has on the wire. False when that is nothing.

    ``required_scopes`` have to be granted, dependencies included. Of the session, each of
    ``session_required_identities`` (ids) has to have authenticated in it, an identity of any one of
    ``session_required_single_domain``, with a second factor if ``session_required_mfa``, and each of
    ``session_required_policies`` (ids) has to be met. ``prompt`` is ``login`` when it has to happen now, else empty.
    ``session_message`` says why, and demands nothing.
    """

    required_scopes: tuple[str, ...] = ()
    session_required_identities: tuple[str, ...] = ()
    session_required_single_domain: tuple[str, ...] = ()
    session_required_mfa: bool = False
    session_required_policies: tuple[str, ...] = ()
    session_message: str = ""
    prompt: str = ""

    def __bool__(self) -> bool:
        return bool(self.required_scopes) or self.is_about_the_session

    @property
    def is_about_the_session(self) -> bool:
        """Whether the person has to authenticate for it, and not only to consent."""
        return bool(
            self.session_required_identities
            or self.session_required_single_domain
            or self.session_required_mfa
            or self.session_required_policies
            or self.prompt
        )

    @property
    def key(self) -> str:
        """What tells this demand from others, whatever its message: 16 characters."""
        demand = json.dumps(replace(self, session_message="").parameters(), sort_keys=True)
        return hashlib.sha256(demand.encode()).hexdigest()[:16]

    def union(self, other: "Requirement") -> "Requirement":
        """
        Return what meets both.

        Of two choices of domains that have none in common the first is kept: the wire cannot say "one of these and one
        of those", and the other will be demanded when this one is met.
        """
        return Requirement(
            required_scopes=scopes.with_usable(self.required_scopes, other.required_scopes),
            session_required_identities=_joined(self.session_required_identities, other.session_required_identities),
            session_required_single_domain=_common(
                self.session_required_single_domain, other.session_required_single_domain
            ),
            session_required_mfa=self.session_required_mfa or other.session_required_mfa,
            session_required_policies=_joined(self.session_required_policies, other.session_required_policies),
            session_message=self.session_message or other.session_message,
            prompt=self.prompt or other.prompt,
        )

    def parameters(self) -> dict[str, Any]:
        """Return it as the ``authorization_parameters`` of a Globus Auth Requirements Error, without what is empty."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Read ``authorization_parameters``; a list may also be a text with commas, as older services send it."""
        return cls(
            required_scopes=_scopes(parameters.get("required_scopes")),
            session_required_identities=_values(parameters.get("session_required_identities"), _ID),
            session_required_single_domain=_values(parameters.get("session_required_single_domain"), _DOMAIN),
            session_required_mfa=parameters.get("session_required_mfa") in (True, "true", "True"),
            session_required_policies=_values(parameters.get("session_required_policies"), _ID),
            session_message=one_line(parameters.get("session_message")),
            prompt="login" if parameters.get("prompt") == "login" else "",
        )


NOTHING = Requirement()


def requirement_in(document: object) -> Requirement | None:
    """
    Return what the error *document* of a Globus service demands; None when it demands nothing that can be done.

    `globus_sdk.gare.to_gares` knows most variants, but takes a document that demands nothing for a demand, stumbles
    over an empty ``errors``, reads only the first of the scopes that Auth lists in it, and knows no texts with commas
    for identities; a single odd value makes it miss the rest. So the reading is done here, and compared with it in the
    tests.
    """
    if not isinstance(document, Mapping):
        return None
    errors = document.get("errors")
    parts = [document, *(errors[:MAX_ERRORS] if isinstance(errors, list) else [])]
    found = NOTHING
    for part in parts:
        if isinstance(part, Mapping):
            found = found.union(_read(part, of_auth=document.get("error") == "dependent_consent_required"))
    return _bounded(found) if found else None


def _read(part: Mapping[str, Any], *, of_auth: bool) -> Requirement:
    parameters = part.get("authorization_parameters")
    found = Requirement.from_parameters(parameters) if isinstance(parameters, Mapping) else NOTHING
    if part.get("code") == "ConsentRequired":
        # Transfer, and the action providers before it: the scopes stand beside the code.
        wanted = (*_scopes(part.get("required_scopes")), *_scopes([part.get("required_scope")]))
        message = one_line(part.get("message")) or one_line(part.get("description"))
    elif of_auth:
        # Auth's answer to a service that wants tokens which depend on the one it was given.
        wanted, message = _scopes(part.get("unapproved_scopes")), ""
    else:
        wanted, message = (), ""
    return found.union(Requirement(required_scopes=wanted, session_message=message)) if wanted else found


def _bounded(found: Requirement) -> Requirement:
    room, kept = MAX_SCOPES_CHARACTERS, []
    for scope in found.required_scopes:
        room -= len(scope)
        if room >= 0:
            kept.append(scope)
    return replace(
        found,
        required_scopes=tuple(kept),
        session_required_identities=found.session_required_identities[:MAX_VALUES],
        session_required_policies=found.session_required_policies[:MAX_VALUES],
    )


def _scopes(value: object) -> tuple[str, ...]:
    """Return the scope strings in *value*, leaving out what is none."""
    wanted = [value] if isinstance(value, str) else value
    if not isinstance(wanted, list | tuple):
        return ()
    texts = [text for text in wanted[:MAX_VALUES] if isinstance(text, str) and len(text) <= MAX_SCOPES_CHARACTERS]
    return scopes.with_usable((), texts)


def _values(value: object, shape: re.Pattern[str]) -> tuple[str, ...]:
    """Return the texts in *value* that have that *shape*: of a list, or of one text with commas."""
    entries = value[:4096].split(",") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple):
        return ()
    texts = [entry.strip() for entry in entries[:MAX_VALUES] if isinstance(entry, str)]
    return tuple(dict.fromkeys(text for text in texts if shape.fullmatch(text)))


def _joined(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(domain for domain in one if domain in other) or one or other
