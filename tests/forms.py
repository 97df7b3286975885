"""The forms of a page, read as a browser reads them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote

import msgspec

#: What fits a field that is empty, by its type.
PLAIN = {
    "text": "Abc",
    "number": "1",
    "email": "a@example.org",
    "tel": "+41791234567",
    "url": "https://example.org",
    "password": "correct horse battery",
}


class Form(msgspec.Struct):
    """A form of a page: where it goes, and its fields with what the page put into them."""

    action: str
    fields: dict[str, str]

    def body(self, name: str, value: str) -> str:
        """What a browser would send, but for one field; ``value`` is encoded already."""
        values = {each: quote(text) for each, text in self.fields.items()} | {name: value}
        return "&".join(f"{quote(each)}={text}" for each, text in values.items())


class Forms(HTMLParser):
    """The forms of a page that change something, as a browser would send them.

    ``filled``: what is empty has something that fits.
    """

    def __init__(self, page: str, *, filled: bool = True) -> None:
        super().__init__()
        self.plain = PLAIN if filled else {}
        self.found: list[Form] = []
        self._open: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select = ""
        self._area: tuple[Form, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._open = self._by_id[given.get("id", "")] = Form(given.get("action", ""), {})
            if given.get("method") == "post":
                self.found.append(self._open)
            return
        form = self._by_id.get(given["form"]) if "form" in given else self._open
        if form is None:
            return
        if tag == "option" and self._select:
            if "selected" in given or not form.fields[self._select]:
                form.fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "textarea":
            form.fields[name] = ""
            self._area = form, name
        elif tag == "input" and name and (kind not in ("radio", "checkbox") or "checked" in given):
            form.fields[name] = given.get("value") or self.plain.get(kind, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""
        if tag == "textarea" and self._area:
            form, name = self._area
            written = form.fields[name].removeprefix("\n")  # browsers leave the first one out
            form.fields[name] = written or self.plain.get("text", "")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            form, name = self._area
            form.fields[name] += data
