"""The passwords of ten signs and more that are tried first, in our languages.

They are compared without capitals and blanks. A longer list would hold little that
``what_is_hard_to_guess`` does not tell: most are a word that everybody knows, a walk over
the keyboard, a number counted up, a year, or one of these again and again.
"""

from __future__ import annotations

import re
from itertools import pairwise

_TRIED_FIRST = """
0123456789 0987654321 1029384756 1111111111 1122334455 1212121212 12345678910
123456789a 1234567890 1234567891 123456789q 1234567899 12345qwert 1234512345
123123123123 123321123321 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 9876543210
987654321a a123456789 abc1234567 abcd123456 abcd1234567 abcdef1234 abcdefghij
administrateur administrator administrator1 adminadmin admin12345 admin123456
amministratore apprentissage association associazione azertyuiop azerty12345
azerty123456 azertyqwerty baseball123 basketball benutzername benvenuto1
benvenuto123 bienvenue1 bienvenue123 bienvenue2024 bienvenue2025 bienvenue2026
bonjour123 bonjour1234 buongiorno ciaociaociao coucoucoucou changeme123
changezmoi comptoir123 comptoir2024 comptoir2025 comptoir2026 comptoircomptoir
doudoudoudou football123 fribourg1234 geheim1234 genève2024 grandmaman
gutenmorgen hallo12345 hallohallo hallohallo1 iloveyou12 iloveyou123
ichliebedich jetaimejetaime jesuislà123 juventus1897 lausanne1234 letmein123
letmein1234 lyonlyonlyon marseille13 monmotdepasse motdepasse motdepasse1
motdepasse12 motdepasse123 nichtsnichts nintendo64 parisparis passw0rd123
password01 password10 password11 password12 password123 password1234
password12345 password2024 password2025 password2026 passwordpassword
passwort12 passwort123 passwort1234 passwortpasswort password!1 p@ssw0rd123
princesse1 princess123 qwer123456 qwertyuiop qwertyuiop1 qwerty12345
qwerty123456 qwertz12345 qwertz123456 qwertzuiop q1w2e3r4t5 q1w2e3r4t5y6
reception1 reception123 réception1 réception123 ricezione1 rezeption1
rezeption123 schalter123 schatzschatz schokolade schweiz123 schweiz1291
secret1234 sommer2024 sommer2025 sommer2026 sonnenschein soleil1234
starwars123 suisse1234 suisse1291 sunshine123 superman123 sviluppo123
switzerland test123456 test1234567 testtest12 testtest123 testtesttest
travail123 trustno1234 unbelievable utilisateur welcome123 welcome1234
willkommen willkommen1 willkommen12 willkommen123 winter2024 winter2025
winter2026 winter2027 zaq12wsxcde zürich1234 zxcvbnm123 été20242024 été20252025
"""

COMMON = frozenset(_TRIED_FIRST.split())

_WORDS = """
password passwort passwd motdepasse motdepass mdp kennwort parola contrasena pass
admin administrator administrateur amministratore root user utilisateur benutzer utente
welcome bienvenue willkommen benvenuto benvenuti bonjour hallo hello salut ciao
secret geheim segreto changeme changezmoi letmein iloveyou jetaime ichliebedich tiamo
comptoir schalter guichet sportello reception rezeption ricezione accueil empfang
association verein associazione
azerty qwerty qwertz asdf yxcv test demo soleil sunshine sonne princess princesse
football dragon monkey master superman batman pokemon doudou loulou coucou chouchou
summer winter spring autumn sommer herbst hiver automne printemps estate inverno
suisse schweiz svizzera switzerland france fribourg freiburg lausanne geneve genf ginevra
bern berne zurich basel neuchatel sion lugano lyon paris marseille
"""
#: How the letters of a word are also written.
_ALSO = {"a": "a4@àâä", "e": "e3éèê", "i": "i1!", "o": "o0ôö", "s": "s5$", "u": "uûüù"}
_WORD = re.compile(
    "|".join(
        "".join(f"[{_ALSO[letter]}]" if letter in _ALSO else letter for letter in word)
        for word in sorted(_WORDS.split(), key=len, reverse=True)
    )
)
#: What a finger walks along: the alphabet, digits, rows and columns of keyboards.
_WALKS = (
    "abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop qwertzuiop azertyuiop asdfghjkl qsdfghjklm "
    "zxcvbnm yxcvbnm wxcvbn 1qaz2wsx3edc4rfv5tgb6yhn7ujm 1qay2wsx3edc4rfv 1q2w3e4r5t6y7u8i9o0p "
    "1a2z3e4r5t6y 1029384756"
)
_NEIGHBOURS = frozenset(pairwise(_WALKS)) | frozenset(pairwise(_WALKS[::-1]))
_SHORTEST_WALK = 4  # "ert" is in many a word
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_AGAIN = re.compile(r"(.+?)\1+")


def what_is_hard_to_guess(folded: str) -> str:
    """A password, without capitals and blanks, but for what is tried first.

    >>> what_is_hard_to_guess("p@ssw0rd123456")
    ''
    >>> what_is_hard_to_guess("correcthorse")
    'corecthorse'
    """
    rest = _YEAR.sub("", _without_walks(_WORD.sub("", folded)))
    return _AGAIN.sub(r"\1", rest)


def _without_walks(text: str) -> str:
    """The text without runs of keys that lie side by side."""
    kept, run = "", text[:1]
    for before, sign in pairwise(text):
        if (before, sign) in _NEIGHBOURS:
            run += sign
            continue
        kept += run if len(run) < _SHORTEST_WALK else ""
        run = sign
    return kept + (run if len(run) < _SHORTEST_WALK else "")
