"""The public page: what this is, and the way in."""

from flask import Blueprint, render_template

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> str:
    return render_template("portal/home.html")
