"""The page that all routes show."""

NAME_CHARACTERS = 16


def page(name: str) -> str:
    """Return a small page that greets *name*, as long as any other."""
    return f"<!doctype html><html lang=en><title>Portal</title><p>Hello, {name[:NAME_CHARACTERS]:<{NAME_CHARACTERS}}!"
