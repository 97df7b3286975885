"""What a site says of itself to whoever wants to come: the lists to choose from.

Codes are stored and told to programs; labels are for people. Of each choice, an empty
text means that nobody has said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comptoir.core.i18n import lazy as _l

KINDS: Mapping[str, object] = {
    "lending-desk": _l("Lending desk"),
    "digital-space": _l("Digital help space"),
    "library": _l("Library"),
    "social-centre": _l("Social centre"),
    "neighbourhood-centre": _l("Neighbourhood centre"),
    "town-hall": _l("Town hall or public service"),
    "employment-service": _l("Employment or integration service"),
    "association": _l("Association"),
    "workshop": _l("Repair workshop"),
}

OFFERS: Mapping[str, object] = {
    "equipment-loan": _l("Borrow equipment"),
    "wifi": _l("Wi-Fi"),
    "computers": _l("Computers to use on site"),
    "printing": _l("Print and scan"),
    "online-formalities": _l("Help with online formalities"),
    "first-steps": _l("Help with first steps on a computer or phone"),
    "digital-skills-workshop": _l("Digital-skills workshop"),
    "repair": _l("Repair and advice for devices"),
    "connectivity": _l("SIM cards and data"),
    "second-hand": _l("Second-hand equipment at a low price"),
}

AUDIENCES: Mapping[str, object] = {
    "children": _l("Children"),
    "young-people": _l("Young people"),
    "families": _l("Families"),
    "women": _l("Women"),
    "seniors": _l("Older people"),
    "job-seekers": _l("People looking for work"),
    "migrants": _l("Migrants and refugees"),
    "disabilities": _l("People with a disability"),
    "professionals": _l("Professionals who accompany people"),
}

COSTS: Mapping[str, object] = {
    "free": _l("Free of charge"),
    "free-on-conditions": _l("Free of charge on conditions"),
    "paid": _l("To be paid for"),
}

VISITS: Mapping[str, object] = {
    "walk-in": _l("Just walk in"),
    "appointment": _l("By appointment only"),
    "both": _l("Walk in, or make an appointment"),
}

WHEELCHAIR: Mapping[str, object] = {
    "yes": _l("Accessible by wheelchair"),
    "limited": _l("Partly accessible by wheelchair"),
    "no": _l("Not accessible by wheelchair"),
}


def stored(codes: Iterable[str]) -> str:
    """Several codes in one column, each once."""
    return " ".join(dict.fromkeys(codes))


def labels(codes: Iterable[str], choices: Mapping[str, object]) -> list[str]:
    """What people read for codes, in the order of the choices."""
    wanted = set(codes)
    return [str(label) for code, label in choices.items() if code in wanted]
