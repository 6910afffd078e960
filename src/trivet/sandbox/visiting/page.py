"""A page as a person sees it: what it says, and the forms with their buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """``fields`` is what it sends whichever button is pressed; a button is a name and a value."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page of the sandbox. ``text`` is what each element with an id says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []
        self.feed(html)

    def offers(self, name: str) -> list[str]:
        """Return the values of the buttons of that name."""
        return [value for form in self.forms for button, value in form.buttons if button == name]

    def form_with(self, name: str, value: str) -> Form:
        return next(form for form in self.forms if (name, value) in form.buttons)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name, value = values.get("name", ""), values.get("value", "")
        if tag == "form":
            self.forms.append(Form(values["action"]))
        elif tag == "button":
            self.forms[-1].buttons.append((name, value))
        elif tag == "input" and (values.get("type") != "checkbox" or "checked" in values):
            self.forms[-1].fields[name] = value
        if tag not in ("input", "meta", "link"):  # those have no end
            self._open.append((tag, values.get("id")))

        if tag == "li":  # its text begins a line, as on the screen
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _, element_id in self._open:
            if element_id:
                self.text[element_id] = self.text.get(element_id, "") + data
