"""Text that comes from elsewhere."""


def clean(value: object) -> str:
    """
    Return *value* if it is text, else nothing.

    File names need not be valid Unicode. What is not would break the page that shows it, so it becomes ``?``.
    """
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
