"""Your sessions: where you are signed in, and the end of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from trivet.portal.extensions import globus

pages = Blueprint("sessions", __name__, url_prefix="/sessions")


@pages.get("/")
@globus.login_required
def show() -> str:
    theirs = sorted(globus.sessions, key=lambda session: (not session.current, -session.last_seen_at))
    return render_template("portal/sessions.html", sessions=theirs)


@pages.post("/end")
@globus.login_required
def end() -> ResponseReturnValue:
    ended = globus.end_session(request.form.get("session", ""))
    if globus.user is None:
        return redirect(url_for("globus.logout"), 303)
    flash("That session has ended." if ended else "That session had ended already.")
    return redirect(url_for("sessions.show"), 303)


@pages.post("/end-others")
@globus.login_required
def end_others() -> ResponseReturnValue:
    globus.end_other_sessions()
    flash("You are signed in here and nowhere else.")
    return redirect(url_for("sessions.show"), 303)


@pages.post("/sign-out-everywhere")
@globus.login_required
def sign_out_everywhere() -> ResponseReturnValue:
    globus.sign_out_everywhere()
    return redirect(url_for("globus.logout"), 303)  # which goes on to Globus' own sign-out
