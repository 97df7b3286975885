"""What the macros give: names, labels, hints and errors tied to their field."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, UndefinedError

from comptoir.core import i18n
from comptoir.core.errors import FieldError
from tests.core.web.sample import sample_app

ERRORS = [FieldError("name", "sample.missing", "Enter a <name>."), FieldError("", "x", "All wrong")]


@pytest.fixture(scope="module")
def environment() -> Environment:
    environment: Environment = sample_app().state.web_shell.environment
    return environment


@pytest.fixture(autouse=True)
def _english() -> None:
    i18n.set_language("en")


class Elements(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def render(environment: Environment, source: str, **context: object) -> Elements:
    imports = (
        '{% import "core/_forms.html" as forms %}{% import "core/_list.html" as list %}'
        '{% import "core/_scan.html" as scan %}{% from "core/_icons.html" import chip %}'
        '{% from "core/_flash.html" import notice %}'
    )
    html = environment.from_string(imports + source).render(context)
    elements = Elements(html)
    elements.rawdata = html
    return elements


def test_text_field_has_label_hint_and_error_tied_to_it(environment: Environment) -> None:
    elements = render(
        environment,
        '{{ forms.text("name", "Name", value="A\\"B", hint="Short", errors=errors) }}',
        errors=ERRORS,
    )
    [field] = elements.all("input")
    assert field["value"] == 'A"B'
    assert field["aria-describedby"] == "name-hint name-error"
    assert field["aria-invalid"] == "true"
    assert elements.all("label")[0]["for"] == field["id"] == "name"
    assert {"name-hint", "name-error"} <= {p.get("id") for p in elements.all("p")}
    assert "Enter a &lt;name&gt;." in elements.rawdata


def test_field_without_hint_or_error_claims_neither(environment: Environment) -> None:
    [field] = render(environment, '{{ forms.text("name", "Name") }}').all("input")
    assert "aria-describedby" not in field
    assert "aria-invalid" not in field
    assert "value" not in field


def test_further_attributes_are_escaped_and_false_ones_left_out(environment: Environment) -> None:
    source = (
        '{{ forms.text("n", "N", attrs={"data-a": "1 > 0", "hidden": false, "readonly": true}) }}'
    )
    [field] = render(environment, source).all("input")
    assert field["data-a"] == "1 > 0"
    assert "hidden" not in field
    assert "readonly" in field


def test_optional_field_says_so(environment: Environment) -> None:
    assert "(optional)" in render(environment, '{{ forms.text("n", "N", optional=true) }}').rawdata


def test_summary_links_each_error_to_its_field(environment: Environment) -> None:
    elements = render(environment, "{{ forms.summary(errors) }}", errors=ERRORS)
    assert [link["href"] for link in elements.all("a")] == ["#name"]
    assert "All wrong" in elements.rawdata
    assert render(environment, "{{ forms.summary([]) }}").found == []


def test_select_marks_what_is_chosen(environment: Environment) -> None:
    source = '{{ forms.select("s", "S", [(1, "One"), (2, "Two")], value="2", empty="All") }}'
    options = render(environment, source).all("option")
    assert [option["value"] for option in options] == ["", "1", "2"]
    assert ["selected" in option for option in options] == [False, False, True]


def test_first_choice_is_where_the_summary_leads(environment: Environment) -> None:
    source = '{{ forms.radios("r", "R", [("a", "A"), ("b", "B", "Hint")], value="b", errors=e) }}'
    elements = render(environment, source, e=[FieldError("r", "x", "Choose one.")])
    first, second = elements.all("input")
    assert first["id"] == "r"
    assert "checked" in second
    assert elements.all("fieldset")[0]["aria-describedby"] == "r-error"


def test_checkboxes_keep_several(environment: Environment) -> None:
    source = '{{ forms.checkboxes("c", "C", [("a", "A"), ("b", "B")], values=["a", "b"]) }}'
    assert all("checked" in box for box in render(environment, source).all("input"))


def test_textarea_keeps_leading_line_and_escapes(environment: Environment) -> None:
    html = render(environment, '{{ forms.textarea("t", "T", value="\\n</textarea>") }}').rawdata
    assert ">\n\n&lt;/textarea&gt;</textarea>" in html


def test_table_stays_a_table_when_it_looks_like_cards(environment: Environment) -> None:
    source = (
        '{% call(row) list.table("Items", ["Code", ""], rows) %}'
        '{{ list.heading("Code", row, "/x") }}'
        '{% call list.rich() %}<a href="/x">Open</a>{% endcall %}{% endcall %}'
    )
    elements = render(environment, source, rows=["A", "B"])
    assert elements.all("table")[0]["role"] == "table"
    assert [row["role"] for row in elements.all("tr")] == ["row"] * 3
    assert [cell["role"] for cell in elements.all("td")] == ["cell"] * 2
    assert [head["role"] for head in elements.all("th")] == ["columnheader"] * 2 + ["rowheader"] * 2
    assert elements.all("th")[2]["data-label"] == "Code"


def test_pager_leads_on_and_back(environment: Environment) -> None:
    elements = render(environment, '{{ list.pager(next_url="/i?after=x") }}')
    assert [link["href"] for link in elements.all("a")] == ["/i?after=x"]
    assert render(environment, "{{ list.pager() }}").found == []


def test_chip_has_icon_and_text(environment: Environment) -> None:
    elements = render(environment, '{{ chip("warn", "Overdue") }}')
    assert elements.all("use")[0]["href"].endswith("icons.svg#clock")  # type: ignore[union-attr]
    assert "Overdue" in elements.rawdata


def test_every_icon_named_in_a_template_exists(environment: Environment) -> None:
    shell = sample_app().state.web_shell
    sprite = (shell.static.folders["core"] / "icons.svg").read_text("utf-8")
    known = set(re.findall(r'symbol id="(\w+)"', sprite))
    assert environment.loader is not None
    for name in environment.loader.list_templates():
        source = environment.loader.get_source(environment, name)[0]
        assert set(re.findall(r'icon\("(\w+)"\)', source)) <= known, name


def test_scan_form_carries_attempt_and_fields(environment: Environment) -> None:
    elements = render(environment, '{{ scan.bar("/desk/scan", "id-1", {"site": none, "v": 1}) }}')
    hidden = {e["name"]: e["value"] for e in elements.all("input") if e["type"] == "hidden"}
    assert hidden == {"attempt_id": "id-1", "site": "", "v": "1"}
    assert {e["id"] for e in elements.all("template")} == {
        "desk-offline",
        "desk-failed",
        "desk-held",
        "desk-waiting",
        "desk-changed",
    }


def test_no_template_has_inline_script_or_style(environment: Environment) -> None:
    assert environment.loader is not None
    for name in environment.loader.list_templates():
        source = environment.loader.get_source(environment, name)[0]
        assert not re.search(r'<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+="|hx-on', source), (
            name
        )


def test_unknown_name_is_an_error_and_not_a_blank(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        render(environment, "{{ missing }}")
