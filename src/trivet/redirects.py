"""
Which addresses it is safe to send a browser to after login.

The address comes from the browser, so it is hostile until shown otherwise (RFC 9700, section 4.11: open redirectors). A
mail that says "sign in at your portal" and ends on somebody else's page is the attack; browsers are generous readers of
addresses, and each line below names the generosity that makes it necessary.
"""

import re
import unicodedata
from urllib.parse import quote, unquote

MAX_NEXT_CHARACTERS = 2048  # it travels in a cookie of at most 4096 bytes, beside the rest of the pending login

# Browsers drop tabs and line breaks wherever they stand, so "/\t/evil.com" is "//evil.com" to them; the other control
# characters and the invisible separators have no business in an address either.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}

# "relative/page" is a page here; "evil.com", "evil.com:80", "http:evil.com" and "@evil.com" only look like one to some.
_RELATIVE = re.compile(r"[A-Za-z0-9_-]+(?:/|$|\?|#)")


def is_safe_next(target: str, origin: str) -> bool:
    """
    Tell whether a browser that is sent to *target* stays on *origin*.

    Args:
        target: the address as it came, such as ``/files?page=2`` or ``https://portal.example.org/files``.
        origin: scheme, host and port without a trailing slash, such as ``https://portal.example.org``.
    """
    if not target or len(target) > MAX_NEXT_CHARACTERS:
        return False
    if target != target.strip() or any(unicodedata.category(character) in _INVISIBLE for character in target):
        return False
    if "\\" in target:  # to a browser a backslash is a slash
        return False
    if target.startswith(origin):
        # What follows the origin must end it: "https://portal.example.org" is also how
        # "https://portal.example.org.evil.com" and "https://portal.example.org@evil.com" begin.
        rest = target[len(origin) :]
        return rest == "" or rest[0] in "/?#"
    if target.startswith("/"):
        return not _leads_elsewhere(target)
    return _RELATIVE.match(target) is not None or target[0] in "?#"


def location(target: str, origin: str) -> str:
    """Return a *target* found safe as an absolute address, with what is not ASCII percent-encoded (RFC 3986)."""
    absolute = target if target.startswith(origin) else f"{origin}/{target.removeprefix('/')}"
    return quote(absolute, safe="%/:?#[]@!$&'()*+,;=~-._")


def _leads_elsewhere(path: str) -> bool:
    """Tell whether *path* begins with two slashes, to a browser or to a proxy that decodes before it looks."""
    start = unquote(path.partition("?")[0]).replace("\\", "/")
    # Dot segments vanish when an address is resolved, so "/.//evil.com" is one step from "//evil.com".
    return re.match(r"/(?:\.{1,2}/)*/", start) is not None
