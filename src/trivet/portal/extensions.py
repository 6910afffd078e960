"""The extensions that the pages share; none of them holds anything about a person."""

from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from trivet.flask import Globus

bootstrap = Bootstrap5()
csrf = CSRFProtect()
globus = Globus()
