"""Names as at a desk: a few that very many people have, and very many that few have."""

from __future__ import annotations

import random
from collections.abc import Iterator

_FIRST = """
Mohamed Maria Fatima Ali Ana Ahmed Amina José Abdul Sara Anna Ibrahim Aïcha Daniel Yusuf Laura
Hassan Marie Omar Nour David Leïla Samuel Mariam Jean Khadija Luca Sofia Hamid Elena Besnik
Zeynep Jean-Pierre Marie-Claire Abdel Karim Giovanni Chiara Jürgen Käthe Björn Łukasz Željko
Đorđe Œdile Françoise Mehmet Ayşe Tigist Selam Yohannes Blerta Arben Dragana Miloš Olena
Oleksandr Iryna Svitlana Nguyen Thanh Priya Rahul Nadia Rachid Mamadou Awa Ousmane Binta Kofi
Ama Chukwu Ngozi Pedro Inês João Fernanda Carlos Lucía Miguel Rosa Walter Ursula Peter Ruth
Hans Verena Pascal Corinne Yves Sandrine
"""

_LAST = """
Diallo da-Silva Müller Hassan Ahmed Ferreira Krasniqi Schmid Ibrahim Favre N'Diaye O'Brien
Rossi Martin García Santos Bâ Traoré Abdi Mohamed Ali Meyer Berisha D'Alessandro Nguyen Haile
Tesfaye Yılmaz Kaya Öztürk Shevchenko Kovalenko Petrović Jovanović Hoxha Gashi Rochat Bonvin
Jaquier Aebischer Zbinden Rey Monnard Schwarzenbach Weiß Brändli Straßer Le-Goff Dupont-Lacroix
El-Khoury Abu-Zaid
"""

_SYLLABLES = """
ba ber chu da den fa gar hin jo ka kov la len ma mir na nov o pa que ra ros sa ska ti to va win
ya zi
"""


def names(count: int, seed: int = 1) -> Iterator[str]:
    """Full names with a skew as real ones have it: the most common is one in twenty."""
    chance = random.Random(seed)
    firsts, lasts, syllables = _FIRST.split(), _LAST.split(), _SYLLABLES.split()
    first_weights = [1 / (rank + 8) for rank in range(len(firsts))]
    last_weights = [1 / (rank + 8) for rank in range(len(lasts))]
    for _ in range(count):
        [first] = chance.choices(firsts, first_weights)
        if chance.random() < 0.4:
            [last] = chance.choices(lasts, last_weights)
        else:
            last = "".join(chance.choices(syllables, k=chance.randint(2, 4))).title()
        middle = chance.choices(["", f" {chance.choice(firsts)}"], [4, 1])[0]
        yield f"{first}{middle} {last.replace('-', chance.choice(' -'))}"
