"""
Seen from: which browser, on what, at which address, in a few words by which people recognise their own sessions.

Browsers name their ancestors too, each in its own way, so the order of the rows counts. Nothing is decided by this:
what a browser says about itself is hearsay.
"""

MAX_CHARACTERS = 100

# What to look for in ``User-Agent``, and what people call it; the first that is there.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def seen_from(user_agent: str, address: str) -> str:
    """
    Return where a request comes from, such as ``Firefox on Windows, 192.0.2.7``.

    Args:
        user_agent: the header of that name; hostile.
        address: the client's network address as the framework sees it, or nothing.
    """
    browser = _first(BROWSERS, user_agent) or "A browser"
    system = _first(SYSTEMS, user_agent)
    words = f"{browser} on {system}" if system else browser
    return (f"{words}, {address}" if address else words)[:MAX_CHARACTERS]


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for mark, name in names if mark in user_agent), None)
