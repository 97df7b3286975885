"""Denials in answers: which of them deny what is asked for, and which only say why.

"I can't come on Friday, please renew" is a wish; "don't renew" is none. What is not plainly the
first is taken for the second, and goes to a person. Without accents, as ``replies`` folds texts.
"""

from __future__ import annotations

import re

#: Signs that nobody mistakes: crosses, a thumb that points down, no entry, a hand that stops.
REFUSING = frozenset("\u274c\u274e\u2716\u26d4\U0001f44e\U0001f645\U0001f6ab\U0001f6d1")

#: The beginnings of all words for more time.
_MORE = r"(?:prolong|renouv|rallong|verlang|verlaeng|prorog|prolung|rinnov|renew|exten)"
_CAN_FR = (
    r"(?:ai|avons|peux|peut|peu|pourrai|pourrais|pourra|pouvais|pouvons|vais|arrive|arriverai"
    r"|suis|serai)"
)
_TRULY_FR = r"(?:malheureusement|vraiment|toujours|donc)"
_BETWEEN_FR = (
    r"(?:encore|pu|pouvoir|reussi|vous|te|le|la|les|l|me|m|y|a|de|d|en mesure|capable|possible"
    r"|tout|du|a temps)"
)
_WHEN_DE = (
    r"(?:leider|ich|am|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|heute|morgen"
    r"|diese|nachste|woche|im moment)"
)

#: Denials that deny nothing of what is asked: they say why, or that it is no trouble, or "more".
#: Who lacks the time is to have more, unless it is the time to ask for it.
UNDENIED = re.compile(
    r"\b(?:"
    # I can't come, bring it back, be there
    rf"(?:(?:ne|n) )?(?:(?:me|m|y|vous) )?(?:{_CAN_FR} )?(?:{_TRULY_FR} )*(?:pas|plus|pa)"
    rf"(?: {_BETWEEN_FR})* (?:venir|passer|rendre|ramener|rapporter|apporter|deplacer|bouger"
    r"|sortir|marcher|finir|fini|finie|termine|terminee)"
    rf"|(?:ne )?(?:viens|vient|viendrai|passe|passerai) (?:pas|plus)(?! {_MORE})"
    r"|(?:ne )?(?:suis|serai|serais|sera|sommes|serons) (?:pas|plus) (?:encore )?"
    r"(?:la|en (?:ville|suisse|france|forme)|ici|dispo|disponible|libre|chez moi|bien)"
    rf"|(?:(?:ne|n) )?(?:ai|aurai|avons)? ?(?:pas|plus) (?:eu )?(?:le"
    rf"|assez de) temps(?!(?: \w+)? {_MORE})"
    r"|(?:noch )?(?:nicht|nich|nid|nod|noed|ned|net|nit)(?: (?:mehr|rechtzeitig|selber"
    r"|zu ihnen))* "
    r"(?:kommen|komme|cho|choo|chome|vorbeikommen|vorbeicho|zuruckbringen|bringen|fertig|da|hier"
    r"|gesund|mobil)"
    rf"|(?:komme|chume?|schaffe es|schaffs) (?:{_WHEN_DE} )*(?:nicht|nid|nod|ned)"
    rf"|kann (?:{_WHEN_DE} )*(?:nicht|nid|nod|ned)(?=[.,;!])"
    rf"|(?:keine|kei) (?:zeit|ziit|zyt)(?!(?: \w+)? {_MORE})"
    r"|non (?:ci |mi )?(?:posso|potro|riesco|riusciro|sono riuscit[oa])(?: (?:piu|ancora|ad?"
    r"|proprio))*"
    r" (?:venire|passare|portar\w*|riportar\w*|restituir\w*|finire|uscire|muovermi|esserci)"
    rf"|non (?:vengo|passo)(?! (?:a )?{_MORE})|non ci (?:sono|saro)"
    r"|non ho (?:ancora )?(?:finito|terminato|potuto (?:venire|passare))"
    rf"|non ho (?:avuto )?(?:il |piu )?tempo(?!(?: \w+)? {_MORE})"
    r"|non sono (?:a casa|in citta|in svizzera|disponibile|li|qui)|non sto bene"
    r"|(?:can ?t|can ?not|couldn ?t|could not|won ?t|will not|not able to|unable to|didn ?t"
    r"|did not)"
    r" (?:come|make it|get there|be (?:there|here|able to come)|bring|return|finish|drop by"
    r"|pass by)"
    r"|(?:haven ?t|have not|not)(?: yet)? finished|not (?:in town|at home|feeling well|well)\b"
    rf"|(?:no|don ?t have(?: the)?|not enough) time(?!(?: \w+)? {_MORE})"
    # no trouble
    r"|pas de (?:souci|probleme)s?|sans (?:souci|probleme|faute)|kein problem|nessun problema"
    r"|no (?:problem|worries)|if you don ?t mind|si ca (?:ne )?(?:vous )?(?:derange|gene) pas"
    r"|wenn es (?:ihnen |euch )?nichts ausmacht|se non (?:vi |le )?(?:dispiace|disturba)"
    # more time
    r"|(?:de|en) plus\b|plus (?:longtemps|de temps|tard)"
    r")\b"
)
#: Whoever asks for help says what does not work.
TROUBLE = re.compile(
    r"\b(?:"
    r"(?:(?:ne|n|y) )*(?:comprend|comprends|arrive|sais|marche|fonctionne|peux"
    r"|trouve) (?:y )?(?:pas|plus|rien)(?! parler)"
    r"|(?:verstehe|verstah|weiss|geht|gaht|funktioniert|lauft) (?:es |das )?(?:nicht|nid|nod"
    r"|ned|nichts)"
    r"|non (?:capisco|so|riesco|funziona|va|trovo)"
    r"|(?:do not|don ?t|does not|doesn ?t|can ?not|can ?t) (?:understand|know|work|find)(?! talk)"
    r")\b"
)
