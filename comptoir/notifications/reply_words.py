"""The words by which answers to messages are known, in each language.

Without accents, in small letters, ß as ss: as ``replies`` folds what comes in. To teach it a
word, add it here, and an example to its test.
"""

from __future__ import annotations

import re

Words = dict[str, frozenset[str]]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _words(**languages: str) -> Words:
    return {language: _set(words) for language, words in languages.items()}


def _phrases(**languages: str) -> dict[str, re.Pattern[str]]:
    return {language: re.compile(rf"\b(?:{text})\b") for language, text in languages.items()}


#: Whose the thing may be, where it is not the one who writes.
_FAMILY = (
    r"(?:mon|ma|mes) (?:fils|fille|mari|femme|soeur|frere|mere|pere|ami|amie|amis|copain|copine"
    r"|cousin|cousine|enfants?|parents?|voisine?|coloc\w*)"
)

RENEW = _words(
    fr="prolonger prolongez prolonge prolonges prolongation prolongement renouveler renouvelez "
    "renouveller "
    "renouvellement rallonger rallongez",
    de="verlangern verlaengern verlangere verlaengere verlangerung verlaengerung "
    "verlengern verlengere verlengerung verlangerig",
    it="proroga prorogare prorogate prorogo prorogami prolungare prolungo prolungate "
    "rinnovare rinnova rinnovo rinnovate "
    "prolungamento estendere estensione",
    en="renew renewal extend extension",
)
#: One letter away from those above, and something else: done already, or another word.
NOT_RENEW = _set(
    "rallonge rallonges prolunga prolunghe "  # a cable
    "prolongee prolongees prolongeait prorogato prorogata prorogati prolungato "
    "prolungata rinnovato rinnovata verlangert verlaengert verlengert verlangen verlange "
    "verlangerte renewed renews renee extent extended extends"
)

STOP_ANYWHERE: Words = {
    "": frozenset({"stop"}),
    **_words(
        fr="stoppez stopper desabonner desabonnement desabonnez desabo desinscrire desinscription "
        "desinscrivez",
        de="stopp stoppen abmelden abmalde abbestellen abmeldung",
        it="disiscrivi disiscrivere disiscrivimi disiscrizione cancellami cancellatemi",
        en="unsubscribe stopall optout",
    ),
}
STOP_ALONE = _words(
    fr="arret arrets arreter arretez arrete fin",
    de="stoppt aufhoren aufhoeren ende schluss beenden halt",
    it="ferma fermare fermate fermi fermati fermatevi smettetela smettila basta fine annulla",
    en="stops end cancel quit",
)
STOP_PHRASES = _phrases(
    fr=r"(?:pas|plus) de (?:vos |ces |tes )?(?:sms|messages?|textos?|rappels?)|plus (?:recevoir"
    r"|m envoyer|m ecrire)"
    r"|(?:envoyez|envoie|envoyer|ecrivez|ecrire) plus|laissez moi tranquille"
    r"|(?:foutez|fichez|fous|fiche) moi la paix"
    r"|(?:arret|fin) d(?:es|e|u|e tous les) (?:sms|messages?|textos?|rappels?|envois?)"
    r"|arrete[rz]? (?:de m|d envoyer|de m envoyer|les (?:sms|messages|rappels|textos))",
    de=r"keine? (?:weiteren? )?(?:sms|nachrichten?|mitteilungen|meldungen)(?: mehr)?"
    r"|kei (?:sms|nachricht\w*|mitteilig\w*) me+h?r?"
    r"|nicht(?:s)? mehr (?:schreiben|schicken|senden)|ho?r(?:t|en sie)? auf"
    r"|stoppt (?:bitte |endlich )*(?:das|die|diese|den|mit)\b"
    r"|(?:schreib\w*|schick\w*|send\w*)(?: sie)?(?: mir| uns) (?:nichts?|nid|nod|nut) me+h?r?"
    r"|(?:lasst|lassen sie) mich in ruhe",
    it=r"(?:niente|nessun|non piu|basta)(?: piu)? (?:sms|messaggi|messaggio)"
    r"|non (?:mi )?(?:scrivete|scrivere|mandate|mandatemi|inviate|inviatemi|scrivetemi) piu"
    r"|non voglio (?:piu )?(?:ricevere )?(?:i |altri |vostri |piu )*(?:sms|messaggi)"
    r"|smett\w+ di (?:scriver|mandar|inviar)\w*|annulla(?:re)? (?:l )?iscrizione"
    r"|lasciatemi in pace",
    en=r"^no more$|no more (?:sms|texts?|messages?|reminders?)|opt out|leave me alone"
    r"|take me off|remove me"
    r"|(?:do not|don ?t) (?:text|message|write|send|contact)(?: to)?(?: me)?(?: any ?more"
    r"| again)?",
)
#: "Stop" as part of something else, and what asks to go on.
NOT_STOP = re.compile(
    r"\b(?:non[ -]?stop|(?:bus|tram|pit|full)[ -]stop|stop (?:by|in|at|over|off)\b"
    r"|(?:don ?t|not|never) stop|ne (?:\w+ )?stopp\w+|nicht stopp\w*"
    r"|stop(?:s|pe)? (?:working|charging|marcher|fonctionner)"
    r"|(?:recois|recu|recevons|ai|a|avons) (?:pas|plus) (?:eu |recu )?de"
    r"|(?:bekomme|erhalte|bekam|erhielt) (?:gar |noch |immer )?keine?|ricevo (?:niente|nessun))"
)

START = _words(
    fr="reprendre reprenez recommencer recommencez reactiver",
    de="starten fortsetzen weiter wieder reaktivieren",
    it="inizia riprendi riprendere riattiva avvia ricomincia",
    en="unstop resume restart",
)

NOT_ME = _phrases(
    fr=rf"(?:ce n est|c est|c|ces|cest) pas moi(?! (?:qui|le|la)\b)(?!.*\b{_FAMILY}\b)"
    rf"|(?:mauvais|faux) numero"
    r"|erreur de (?:numero|personne|destinataire)"
    r"|(?:trompee?|trompez|trompes|tromper) de (?:numero|personne)|pas le bon numero"
    r"|pas la bonne personne|vous vous trompez|vous faites erreur"
    r"|suis pas (?:(?:cette|la) personne|m|mr|mme|monsieur|madame)\b|^pas moi$"
    r"|connais pas (?:cette|la) personne|numero errone|(?:pas|plus) (?:mon|son|le sien) numero"
    r"|numero n est (?:pas|plus) (?:a (?:moi|lui|elle)|le (?:mien|sien|bon))",
    de=r"falsch[ei] (?:nummere?|nr|person)|(?:bin|das bin|bins) (?:ich )?nicht(?: ich)?$"
    r"|nicht ich$"
    r"|(?:bin|das ist) nicht (?:diese person|(?:der )?herr|(?:die )?frau)|falsch verbunde\w?"
    r"|kenne (?:ich nicht|diese person nicht)|falscher? (?:empfanger|kontakt)"
    r"|verwahlt|nummer (?:ist )?falsch|nicht (?:mehr )?(?:meine|seine|ihre|die richtige) nummer",
    it=r"numero (?:sbagliato|errato)|non sono io|non sono (?:(?:il )?signor|(?:la )?signora)\b"
    r"|non conosco (?:questa|la) persona|sbagliato (?:numero|persona)|persona sbagliata"
    r"|sbaglia(?:te|to)? numero|non e il (?:mio )?numero",
    en=r"wrong (?:number|num|nr|person|contact)|(?:not|no longer) (?:my|his|her|their) number"
    r"|(?:it s |its |this is |that s )?not me$"
    r"|not the right (?:number|person)|wrong no$|don ?t know (?:this|that) person",
)

HELP = _words(
    fr="aide aider aidez aidezmoi",
    de="hilfe helfen hilf helft ruckruf rueckruf",
    it="aiuto aiutare aiutatemi aiutami aiutate",
    en="help callback",
)
HELP_PHRASES = _phrases(
    fr=r"au secours|^sos$|besoin daide|coup de main|r?ap+el+(?:ez|e|er) moi|me r?ap+el+er"
    r"|m ap+el+er"
    r"|telephone[rz]? moi|me telephoner",
    de=r"(?:ruf|rufen|ruft|rufe)(?: sie)? mich(?: bitte)?(?: mal)? (?:an|zuruck)|mich anrufen"
    r"|(?:mir|mer|mi) (?:aa?lut\w+|zruggl?ut\w+)|lut\w* (?:mir|mer|mi) (?:aa?|zrugg)\b",
    it=r"(?:ri)?chiamatemi|(?:ri)?chiamami|mi (?:ri)?(?:chiami|chiama|chiamate)|(?:ri)?chiamarmi",
    en=r"call me|call back|ring me|phone me",
)
#: To be called, where nothing else is said.
HELP_ALONE = _words(
    fr="rappeler rappelez appeler appelez telephoner",
    de="anrufen zuruckrufen telefonieren",
    it="chiamare richiamare telefonare",
    en="call",
)
#: Help that is something else, or that was given.
NOT_HELP = re.compile(
    r"\b(?:aide (?:sociale|soignante?|menagere|a domicile)|sozial ?hilfe|aiuto sociale"
    r"|merci|danke|grazie|thanks|thank)\b"
)

HOURS = _words(
    fr="horaire horaires oraire oraires ouverture ouvertures",
    de="offnungszeiten oeffnungszeiten offnungszeit oeffnungszeit offnigszite offnigsziite",
    it="orari orario apertura",
    en="hours",
)
#: What asks for the hours even without a question mark.
HOURS_PHRASES = _phrases(
    fr=r"(?:quand|quel\w* heures?)(?: est ce)?(?: que)? (?:(?:vous|tu|c est|c|ca|on) )?(?:etes )?"
    r"(?:ouvr(?:ez|e|es)|ouverte?s?|ferm(?:ez|e|es))(?! (?:le|la|les|l|mon|ma|un|une)\b)"
    r"|^(?:bonjour|bonsoir|salut)?[ ,.!]*quand(?: est ce que)? (?:je peux|puis je|on peut|peut on)"
    r"(?: \w+)? (?:venir|passer|rendre|ramener|rapporter)"
    r"|(?:ouvrez|fermez|ouvert|ouverts)(?: vous)? (?:quand|jusqu|a quel\w* heure)"
    r"|(?:c est|c|etes vous|vous etes) ouverte?s? (?:le )?"
    r"(?:aujourd|demain|ce|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|^heures$",
    de=r"wann(?: \w+){0,3} (?:offen?|geoffnet|offnen|offnet|schliess(?:en|t))\b(?! (?:ich|der"
    r"|das)\b)"
    r"|^(?:hallo|guten tag|gruezi)?[ ,.!]*wann (?:kann ich|chan ich)(?: \w+){0,2} "
    r"(?:kommen|cho|vorbeikommen|zuruckbringen|bringen|abgeben)|wann (?:sind sie"
    r"|seid ihr) (?:da|dort)"
    r"|wann mach(?:en|t) (?:sie|ihr) (?:auf|zu)|bis (?:wann|wenn)(?: \w+){0,3} offen?\b"
    r"|(?:hand|hend|heit|habt|haben) (?:ihr|dir|er|sie)(?: \w+){0,2} offen?\b",
    it=r"(?:quando|a che ora)(?: siete| e)? (?:apr(?:e|ite)|apert[oiae]|chiu(?:de|dete|so|si))"
    r"|siete aperti|^(?:buongiorno|ciao|salve)?[ ,.!]*quando posso (?:venire|passare"
    r"|\w*portar\w*)",
    en=r"(?:when|what time)(?: do| does| are| is| will)?(?: you| u| it)? (?:be )?(?:open|close)\w*"
    r"|are (?:you|u) open|^(?:hello|hi)?[ ,.!]*when can i (?:come|bring|return|drop)",
)
#: What was given works: said of nothing else.
WORKS = _phrases(
    fr=r"(?:ca|cela|tout|elle|il|carte|sim|code|internet|wifi|bien) fonctionne|^fonctionne"
    r"|^activee?$|(?:est|ai) activee?|(?:carte|sim|code|internet|wifi) marche",
    de=r"(?:es|alles|karte|sim|code|internet|wlan) (?:funktioniert|funktionniert|lauft)"
    r"|^funktioniert|^aktiv$|^aktiviert$|ist aktiv(?:iert)?|(?:karte|sim|internet|wlan) geht",
    it=r"funziona|^attiv[ao]$|^attivat[ao]$|e attiv(?:[ao]|at[ao])",
    en=r"(?:it|this|that|card|sim|code|internet|wifi) (?:works|is working|s working)|^works"
    r"|^active$|^activated$|is active|is activated",
)
#: That something works, or only that a message was understood.
AGREED = _phrases(
    fr=r"^ca marche|^c est bon|^tout marche",
    de=r"^alles gut|^es geht$",
    it=r"^va bene",
    en=r"^all good|^all right|^okay$",
)

#: Words that ask for the hours only in a question, or nearly alone.
MAYBE_HOURS = _words(
    fr="ouvert ouverts ouverte ouvrez ouvre ferme fermes fermee fermez",
    de="offen offe geschlossen geoffnet geoeffnet offnet offnen oeffnet",
    it="aperto aperti aperta aprite apre chiuso chiusi chiude chiudete",
    en="close closed open opening opened opens",
)

#: Whoever says one of these does not plainly ask for something.
NEGATIONS = _set(
    "niet niente dnt nt nto refusee unable "
    "ne n pas pa plus jamais sans aucun aucune non inutile annuler annule annulez "
    "annulation refuse refusez nn nan nicht nich nie niemals kein keine keinen keiner "
    "ohne nein ned nid net nod noed nit stornieren abbrechen no mai senza nessun nessuna "
    "nessuno neanche nemmeno annullare not never without dont cannot cant wont doesnt "
    "didnt isnt cancel nope don nei nee nud nut niat niad kei keini"
)
#: Whoever speaks of bringing back, of something broken or lost, or of a cable that has the same
#: name, may not want more time.
RATHER_NOT = _set(
    "casse cassee perdu perdue panne cable cables vole volee "
    "kaputt defekt verloren gestohlen kabel rotto rotta perso persa guasto guasta rubato cavo "
    "broken lost stolen cord lead "
    "rendre rends rendu rapporte rapporter ramene ramener prefere plutot renonce echoue "
    "zuruckgeben zuruckbringen zuruck zurueck bringe verzichte verzicht lieber statt "
    "fehlgeschlagen tomber oubliez oublier abandonne abandonner annulee annulees vergesst "
    "vergessen forget undo absagen ruckgangig perdere annulla annullata arrete arretez arreter "
    "evite evitez eviter cesse cessez smetti smettete "
    "impossible unmoglich unmoeglich impossibile unnotig unnoetig anstatt erreur fehler error "
    "seulement uniquement nur solo soltanto solamente only sauf ausser tranne except restituire "
    "restituisco riporto riportare rinuncio invece anziche "
    "preferisco fallita fallito return returning rather instead decline failed prefer"
)
#: What others renew, and what is no wish but a question of what it is.
NOT_OURS = re.compile(
    r"\b(?:contrat|contratto|contract|\w*vertrag|permis|permesso|\w*bewilligung|\w*ausweis|visa"
    r"|visum"
    r"|visto|passeport|passaporto|passport|abonnement|abbonamento|bail"
    r"|e?sim|recharge|forfait|guthaben|ricarica|abo|credit|credito|code|codice)\b"
    r"|\b(?:prolong|renouv)\w* (?:de |d )?(?:mon |l |un )?arret"
    r"|\b(?:c est quoi|c quoi|was (?:heisst|bedeutet)|what (?:is|does)|how much"
    r"|cosa (?:e|vuol|significa))\b|^(?:qui|wer|chi|who)\b"
)
#: These speak of what is done already.
DONE = _set(
    "deja schon bereits gia already acceptee accepte validee confirmee genehmigt bewilligt "
    "bestatigt accettata approvata confermata approved accepted confirmed granted"
)
#: These ask something about it, where they begin a message or it has a question mark.
QUESTIONS = _set(
    "combien cout coute prix pourquoi quand dois faut oblige quoi warum wieso weshalb "
    "wieviel viel kosten kostet wann muss mussen was perche quanto costa quando devo "
    "bisogna cosa why cost costs price when must should what"
)
#: Before what is asked for: "je voudrais prolongé" is an infinitive that sounds the same.
ASKING = _set(
    "peux peut peu peus pouvez pourrais pourrait pourriez voudrais voudrai voudrait veux veut "
    "aimerais aimerai souhaite souhaiterais faut faudrait pour de possible"
)
#: After one of these, "prolonge" is a participle that lost its accent.
AUXILIARIES = _set("ai as a avons avez ont est suis ete sont etait sera serait")

#: Words that change nothing in what a short message says.
POLITE = _set(
    "svp stp bjr bsr slt mrc thx s il vous te plait plais merci bonjour bonsoir salut ok oui d "
    "accord les "
    "tous tout bitte danke hallo gruezi ja liebe grusse gruss alles sms mms message "
    "messages per favore grazie buongiorno ciao salve si please pls plz thanks thank you "
    "hello hi yes all the le la il now maintenant jetzt subito"
)

#: Words that only one of the languages has, common enough to tell it by.
TELLING = _words(
    fr="je j vous nous les du est et pour mon ma mes votre vos bonjour bonsoir merci svp stp oui "
    "salut pas plus que qui avec suis ai cette ce peux puis jours semaine demain moi chez sur "
    "jusqu c n deja encore etes avez veux voudrais rendre quand quelle heure madame monsieur "
    "numero faux mauvais arretez arreter ecrire",
    de="ich sie wir das ist und fur mein meine meinen bitte danke ja nein hallo guten tag nicht "
    "mit bin habe noch bis eine einen ein zu kann konnen mochte gruss grusse heute woche auf wann "
    "mich mir gruezi konnte schon haben wollen will keine nummer falsche",
    it="il gli per favore grazie buongiorno buonasera ciao salve sono ho mio mia posso potete "
    "vorrei ancora domani settimana giorni con di che del della alla al questo quando mi perche "
    "piu niente siete voglio sbagliato gia",
    en="you the are my your please thanks thank yes hello hi and with can could would week "
    "tomorrow this it to have need what when not more of dont t wrong number already is",
)
