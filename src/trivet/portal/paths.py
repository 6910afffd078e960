"""Paths inside a collection."""

from dataclasses import dataclass

HOME = "/~/"
MAX_CHARACTERS = 4096  # as long as a path on Linux gets
MAX_CRUMBS = 10  # each carries the whole path so far, so a deep folder would make a page that grows with its square


@dataclass(frozen=True, slots=True)
class Crumb:
    """One folder on the way to the one in view."""

    label: str
    path: str


def tidy(path: str) -> str:
    """Return *path* as Globus writes folders: a slash at each end, and one between names."""
    inner = "/".join(part for part in path.split("/") if part)
    return f"/{inner}/" if inner else "/"


def inside(folder: str, name: str) -> str:
    """Return the path of the folder *name* inside *folder*."""
    return f"{tidy(folder)}{name}/"


def crumbs(path: str) -> list[Crumb]:
    """Return the folders from below the collection's root down to *path* itself; of many, the nearest ones."""
    parts = [part for part in path.split("/") if part]
    first = max(0, len(parts) - MAX_CRUMBS)
    here = tidy("/".join(parts[:first]))
    trail = [Crumb("…", here)] if first else []
    for part in parts[first:]:
        here = inside(here, part)
        trail.append(Crumb("Home folder" if here == HOME else part, here))
    return trail


def starting_folder(default_directory: object) -> str:
    """
    Return where to begin in a collection: its default directory, or the person's home folder.

    Default directories may hold placeholders such as ``{server_default}``, which only Globus can fill in.
    """
    if not isinstance(default_directory, str) or not default_directory.startswith("/") or "{" in default_directory:
        return HOME
    return tidy(default_directory)
