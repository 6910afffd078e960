"""The dashboard: who you are, your linked identities, and what the portal may do for you."""

from flask import Blueprint, render_template

from trivet.portal.extensions import globus

pages = Blueprint("dashboard", __name__)


@pages.get("/dashboard")
@globus.login_required
def show() -> str:
    return render_template("portal/dashboard.html", user=globus.user, grants=globus.grants)
