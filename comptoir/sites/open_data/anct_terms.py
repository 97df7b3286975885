"""The words of the ANCT's standard v1.0.2, and which of ours they stand for.

Source: Table Schema "standard-mediation-num" v1.0.2 of La MedNum (Etalab 2.0). Where the
standard knows fewer things than we do, several of ours share one of its words; the way
back takes the narrowest.
"""

from __future__ import annotations

import re

COLUMNS = (
    "id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse",
    "complement_adresse", "latitude", "longitude", "typologie", "telephone", "courriels",
    "site_web", "horaires", "presentation_resume", "presentation_detail", "source",
    "itinerance", "structure_parente", "date_maj", "services",
    "publics_specifiquement_adresses", "prise_en_charge_specifique", "frais_a_charge",
    "dispositif_programmes_nationaux", "formations_labels", "autres_formations_labels",
    "modalites_acces", "modalites_accompagnement", "fiche_acces_libre", "prise_rdv",
)  # fmt: skip

#: What no row may leave empty.
REQUIRED = ("id", "pivot", "nom", "commune", "code_postal", "adresse", "date_maj")

#: Where no SIRET and no RNA is known, the national map's files have fourteen zeros.
NO_PIVOT = "0" * 14

PIVOT = re.compile(r"[a-zA-Z0-9]{9,14}")
POSTCODE = re.compile(r"[0-9]{5}")
PHONE = re.compile(r"\+(33|590|594|262|596|269|687|689|508|681)[0-9]{6,9}")

FORMALITIES = "Aide aux démarches administratives"
SKILLS = "Maîtrise des outils numériques du quotidien"
ACCESS = "Accès internet et matériel informatique"
SOLIDARITY = "Acquisition de matériel informatique à prix solidaire"

SERVICES = {
    "equipment-loan": ACCESS,
    "wifi": ACCESS,
    "computers": ACCESS,
    "printing": ACCESS,
    "connectivity": ACCESS,
    "online-formalities": FORMALITIES,
    "first-steps": SKILLS,
    "digital-skills-workshop": SKILLS,
    "second-hand": SOLIDARITY,
}
OFFERS = {
    FORMALITIES: "online-formalities",
    SKILLS: "first-steps",
    ACCESS: "computers",
    SOLIDARITY: "second-hand",
}
#: The other services of the standard, for which we have no word.
OTHER_SERVICES = (
    "Insertion professionnelle via le numérique",
    "Utilisation sécurisée du numérique",
    "Parentalité et éducation avec le numérique",
    "Loisirs et créations numériques",
    "Compréhension du monde numérique",
)

WORKSHOP = "Dans un atelier collectif"
SUPPORT = {
    "computers": "En autonomie",
    "online-formalities": "Accompagnement individuel",
    "first-steps": "Accompagnement individuel",
    "digital-skills-workshop": WORKSHOP,
}
SUPPORT_WORDS = ("En autonomie", "Accompagnement individuel", WORKSHOP, "À distance")

PUBLICS = {
    "young-people": "Jeunes",
    "children": "Familles et/ou enfants",
    "families": "Familles et/ou enfants",
    "seniors": "Seniors",
    "women": "Femmes",
}
AUDIENCES = {
    "Jeunes": "young-people",
    "Étudiants": "young-people",
    "Familles et/ou enfants": "families",
    "Seniors": "seniors",
    "Femmes": "women",
}

ENGLISH, OTHER_LANGUAGES = "Langues étrangères (anglais)", "Langues étrangères (autres)"
CARE_WORDS = (
    "Surdité",
    "Handicaps moteurs",
    "Handicaps mentaux",
    "Illettrisme",
    ENGLISH,
    OTHER_LANGUAGES,
    "Déficience visuelle",
)

FEES = {"free": "Gratuit", "free-on-conditions": "Gratuit sous condition", "paid": "Payant"}

COME, CALL, WRITE = "Se présenter", "Téléphoner", "Contacter par mail"
BOOK = "Prendre un RDV en ligne"
ACCESS_WORDS = (
    COME,
    CALL,
    WRITE,
    BOOK,
    "Ce lieu n'accueille pas de public",
    "Envoyer un mail avec une fiche de prescription",
)

TYPES = {
    "library": "BIB",
    "social-centre": "CS",
    "neighbourhood-centre": "MQ",
    "town-hall": "MUNI",
    "association": "ASSO",
}
KINDS = {
    "BIB": "library",
    "CS": "social-centre",
    "EVS": "social-centre",
    "CCAS": "social-centre",
    "MQ": "neighbourhood-centre",
    "MJC": "neighbourhood-centre",
    "MUNI": "town-hall",
    "RFS": "town-hall",
    "ML": "employment-service",
    "PE": "employment-service",
    "CAP_EMPLOI": "employment-service",
    "TIERS_LIEUX": "digital-space",
    "ASSO": "association",
}

#: Columns that hold words of a list, with ``|`` between them.
LISTS: dict[str, tuple[str, ...]] = {
    "services": (*OFFERS, *OTHER_SERVICES),
    "publics_specifiquement_adresses": tuple(AUDIENCES),
    "prise_en_charge_specifique": CARE_WORDS,
    "frais_a_charge": tuple(FEES.values()),
    "modalites_acces": ACCESS_WORDS,
    "modalites_accompagnement": SUPPORT_WORDS,
}
