"""Read the JSON document that a request brings."""

from __future__ import annotations

import json
from typing import Any

from flask import request


def json_body() -> Any:
    """Return the document in the current request's body.

    Raises:
        ValueError: it is no JSON, nests too deep, or holds half of a surrogate pair: JSON can escape one (RFC 8259
            section 8.2), and no page or file that it would later stand in can.
    """
    try:
        document = json.loads(request.get_data())
        json.dumps(document, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    return document
