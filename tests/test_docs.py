"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_DECISION = re.compile(r"docs/adr/([0-9]{4})")


def test_each_link_of_a_document_leads_to_a_file() -> None:
    for document in DOCUMENTS:
        for target in _LINK.findall(document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


def test_each_decision_is_listed_once_by_its_number() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"^\| \[([0-9]{4})\]\(([^)]+)\)", (folder / "README.md").read_text(), re.M)
    there = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert sorted(name for _number, name in listed) == there
    assert all(name.startswith(f"{number}-") for number, name in listed)
    assert len({name[:4] for name in there}) == len(there)


def test_each_decision_that_the_code_names_is_there() -> None:
    numbers = {path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    for folder in ("comptoir", "tests", "tools", "bench", "deploy", "docs"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in (".py", ".md", ".toml", ".js", ".css", ".html", ".yaml"):
                named = set(_DECISION.findall(path.read_text(encoding="utf-8")))
                assert named <= numbers, path.name


def test_the_readme_leads_to_each_guide_for_operators() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    guides = [path.name for path in (ROOT / "docs" / "operator").glob("*.md")]
    others = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "operator").glob("*.md")
    )
    for name in guides:
        assert f"operator/{name}" in text or f"]({name})" in others, name
