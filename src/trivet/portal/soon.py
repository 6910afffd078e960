"""The notice that somebody will have to go to Globus again before long."""

import time

from flask import Flask

from trivet import Forecast
from trivet.portal.extensions import globus
from trivet.portal.services import service
from trivet.portal.wording import how_long_until

SOON_SECONDS = 15 * 60  # earlier than that, it would only be in the way


def needed_soon() -> str:
    """Return a sentence for the person who is signed in; nothing when there is time."""
    forecast = globus.forecast
    if forecast is None or forecast.at - time.time() > SOON_SECONDS:
        return ""
    return in_words(forecast)


def in_words(forecast: Forecast) -> str:
    """Return what *forecast* means to the person."""
    how_long = how_long_until(forecast.at)
    if forecast.reason == "session":
        on = "Your transfers go on meanwhile, and a form that you send too late is kept."
        return f"In {how_long} you will have to sign in again. {on}"
    if forecast.reason == "recency":
        return f"In {how_long} pages that want a recent sign-in will ask you for another."
    name = service(forecast.resource_server).name
    if forecast.at <= time.time():
        return f"Your permission for {name} has ended. A page that needs it will ask you for it."
    return f"In {how_long} your permission for {name} ends. A page that needs it will ask you for it."


def add_to(app: Flask) -> None:
    app.add_template_global(needed_soon)
