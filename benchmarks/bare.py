"""The same page in applications without Trivet: what the others are compared with."""

from flask import Flask

from benchmarks.page import page


def _bare(secret_key: str | None) -> Flask:
    app = Flask(__name__)
    app.secret_key = secret_key

    @app.get("/page")
    def bare() -> str:
        return page("everybody")

    return app


#: As most applications are: with a secret key, for forms and messages, so Flask opens its own session on every request.
app = _bare("a secret that is long enough for anybody")

#: Without one, Flask has no session to open. Few real applications are like that.
keyless = _bare(None)
