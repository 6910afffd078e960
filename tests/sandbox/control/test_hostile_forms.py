"""Whatever is sent to the control page, the answer is a page: no server error, no markup of the sender's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

FEW = settings(max_examples=40)
PATHS = "here people people/ada applications collections sessions tokens consents faults clock nowhere people/%00"
FIELDS = (
    "identity do name username email organization client add remove collection message browser token consent "
    "answer times path service person code side pattern end step by to"
)
WORDS = [
    "<script>alert(1)</script>",
    "rename",
    "describe",
    "link-new",
    "pause",
    "503",
    "1h",
    "*",
    "a@uni.example",
    "\0",
]
VALUES = st.text(max_size=40) | st.sampled_from([*WORDS, "9" * 99])


@FEW
@given(path=st.sampled_from(PATHS.split()), fields=st.dictionaries(st.sampled_from(FIELDS.split()), VALUES, max_size=5))
def test_any_form(globus, control, path, fields):
    """Any fields with any values, with the right key: done, or a sentence about what cannot be done."""
    response = control.send(f"/sandbox/{path}", **fields)
    assert response.status_code in (303, 400, 404, 405)
    assert "<script>alert" not in response.text
    assert control.get("/sandbox/people").status_code == 200


@FEW
@given(words=st.text(max_size=60) | st.binary(max_size=20))
def test_any_question(control, words):
    """Any text in the search of the request log, and in place of a person's name."""
    assert control.get("/sandbox/requests", q=words).status_code == 200
    assert control.get("/sandbox/people/x", key=words).status_code == 404
