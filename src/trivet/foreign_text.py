"""
Foreign text: what a service wrote, for people to read and for the log.

It came over the wire, and may quote what anybody has typed or called a file. JSON can escape half of a surrogate pair
(RFC 8259, section 8.2), which no page can be made of; and a line break would begin a line of the log that looks like
one of ours.
"""

import unicodedata

MAX_CHARACTERS = 300
_LOOKED_AT = 4096  # of what is mostly invisible, no more than that


def one_line(value: object) -> str:
    """Return *value* as one line of text without anything invisible in it; nothing when it is no text."""
    if not isinstance(value, str):
        return ""
    visible = (" " if unicodedata.category(character)[0] in "CZ" else character for character in value[:_LOOKED_AT])
    return " ".join("".join(visible).split())[:MAX_CHARACTERS]
