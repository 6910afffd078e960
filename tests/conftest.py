"""What most tests need: a clock they can move, a sandbox, and a site that signs in at it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from chromium import Chromium
from navigator import Navigator
from site_under_test import Site
from trivet.demo import Demo
from trivet.sandbox import Sandbox
from trivet.store import Store
from trivet.store.memory import MemoryStore

if TYPE_CHECKING:
    from playwright.sync_api import Browser

START = 1_800_000_000
CHROMIUM = Chromium()

# A busy machine is no mistake in what is tested, so no example has a time limit; and examples share their fixtures,
# which are mostly servers, on purpose. How to repeat a failure is printed. All else is Hypothesis's own, in CI too,
# where it tries the same examples each time.
settings.register_profile(
    "trivet",
    settings(),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("trivet")


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that drive a browser follow one another in one process, so that it is started once."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    if nextitem is None or not nextitem.get_closest_marker("browser"):
        CHROMIUM.stop()


@pytest.fixture
def chromium() -> "Browser":
    """A real browser, with a window nobody sees; a test opens a context of its own in it."""
    return CHROMIUM.browser()


class Clock:
    """Seconds since the epoch; moves only when told to."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(scope="session")
def _session_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _sandbox(_session_clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=_session_clock) as sandbox:
        yield sandbox


@pytest.fixture
def clock(_session_clock: Clock) -> Clock:
    """The time for the site and for the sandbox alike."""
    _session_clock.now = float(START)
    return _session_clock


@pytest.fixture
def sandbox(_sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A Globus as its seed says, which the SDK of this process finds."""
    _sandbox.reset()
    for name, value in _sandbox.environ.items():
        monkeypatch.setenv(name, value)
    return _sandbox


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def make_site(sandbox: Sandbox, store: Store, clock: Clock) -> Iterator[Callable[..., Site]]:
    """Start sites with the given settings; they stop when the test ends."""
    sites = []

    def make(**settings: Any) -> Site:
        sites.append(Site(sandbox, store=store, clock=clock, **settings))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


@pytest.fixture
def browser(sandbox: Sandbox) -> Navigator:
    return Navigator(sandbox)


@pytest.fixture
def new_browser(sandbox: Sandbox) -> Callable[[], Navigator]:
    return lambda: Navigator(sandbox)


@pytest.fixture(scope="module")
def _demo() -> Iterator[Demo]:
    with Demo() as demo:
        yield demo


@pytest.fixture
def demo(_demo: Demo) -> Demo:
    """The portal and its sandbox, where nobody has signed in yet."""
    _demo.sandbox.reset()
    _demo.let_in()
    return _demo
