"""What people answer in real life, and what a kind and careful person would do with it.

Four languages, dialect, slips, emojis, what a telephone adds, what it writes by itself. Each is
taken for the wish above it. What is denied, or plain to nobody, goes to a person.
"""

from __future__ import annotations

from comptoir.notifications.replies import Wish

HEARD: dict[Wish, str] = {
    Wish.RENEW: """
prolonger le téléphone svp
bitte Handy verlängern
pouvez vous prolonger mon prêt
je ne peux pas venir vendredi, prolonger svp?
oui prolonger svp
oui je veux prolonger
oui, prolongez
prolonger oui
prolongr
prolonjer
prolonjé
prolonger 1 semaine
prolonger jusqu'à vendredi svp
Prolonger d'une semaine, je ne peux pas venir
je ne suis pas là cette semaine, pouvez-vous prolonger ?
Désolé je n'ai pas pu venir hier. Prolonger svp
J'ai pas fini, je peux prolonger?
pas fini, prolonger svp
je n'ai pas encore fini mon CV, prolonger svp
Ich kann am Freitag nicht kommen, bitte verlängern
Kann nicht kommen. Verlängern bitte
I can't come on Friday, please renew
I am not able to come, renew please
non posso venire venerdì, proroga per favore
Non riesco a venire, vorrei prorogare
chan ich verlängere bitte
chönd ihr bitte verlängere
Verlängere bis nöchscht Wuche
cha me das verlängere?
hallo zäme, verlängere bitte 😊
verlengere bitte
VERLÄNGRN
Verlängerung bitte
verlaengern bitte um 2 wochen
Bitte um 1 Woche verlängern
gerne verlängern
Ja bitte verlängern
Ja gerne verlängern
Ja verlängern
sì proroga
si prorogare grazie
prorogaa
PRORROGA
mi serve una proroga
posso rinnovare?
si può prolungare di una settimana?
yes renew
yes please extend
pls renew 🙏🙏
reniew
renew it
RENEW LOAN
can i extend
j'aimerais rallonger
rallonger svp
je peu prolongé svp
je voudrais prolongé
prolongé svp
prolongé
vouloir prolonger
prolongation svp
PROLONGATION
Prolongement
prolongement svp
renouvellement
renouveller
renouveler le pret
prolonger🙏
Prolonger👍🏽
prolonger❤️
P R O L O N G E R
P.R.O.L.O.N.G.E.R
«prolonger»
#prolonger
prolonger/verlängern
PROLONGER Envoyé depuis mon iPhone
Verlängern Gesendet von meinem iPhone
RENEW Sent from my iPhone
Proroga Inviato da iPhone
prolonger (message vocal transcrit)
bonjour c'est madame Martin est-ce qu'on peut prolonger l'ordinateur merci au revoir
bonjour euh oui je voudrais euh prolonger le prêt du téléphone s'il vous plaît merci
Prolonger les deux
j'ai oublié de prolonger
trop tard pour prolonger?
c'est possible de prolonger?
je peux pas venir vendredi prolonger svp
je ne peux pas le rendre vendredi, prolonger svp
je peux pas le ramener avant lundi prolonger
J'ai pas pu passer, prolonger d'une semaine de plus svp
prolonger le plus longtemps possible
j'ai besoin de plus de temps, prolonger svp
j'ai pas eu le temps, prolonger
pas de souci, prolonger svp
prolonger si possible
prolonger si ça ne vous dérange pas
Ich kann am Freitag nicht, bitte verlängern
Ich schaffe es am Freitag nicht. Bitte verlängern
bin noch nicht fertig, verlängern bitte
Bi nid da, bitte verlängere
chume nöd, bitte verlängere
cha nid cho, verlängere bitte
Habe keine Zeit, verlängern bitte
kein Problem, verlängern
non vengo venerdì, proroga
non ho finito, proroga
Not finished yet, renew please
I won't be there on Friday. RENEW
renew if you don't mind
I haven't finished, can I extend?
comment prolonger?
comment on fait pour prolonger
wie verlängern?
wie kann ich verlängern?
come faccio a prorogare
how do I renew?
how to renew
Peut-on prolonger?
on peut prolonger ?
est ce que vous pouvez me prolonger le PC
pouvez vous m'aider à prolonger
ok prolonger
merci de prolonger svp 🙏
slt prolonger stp
bjr prolonger svp
bsr svp prolongé moi
prolongez moi svp
prolongez-moi ça svp
prolonge moi une semaine
Prolonger!?
prolonger?
VERLÄNGERN?
verlängern pls
verlänger mal bitte
verlängeret bitte
verlängeren
verlängerig bitte
verlängerig
proroga!!
prorogate per piacere
prolungate
prolungamento
estendere
rinnovo per favore
renewal pls
extend pls
renew thx
Renew. Thanks!
proloner
prolnger
prolongre
prolonguer
prolonguez
prolongere
prolongé moi
Renouveler svp
renouvelé svp
PROLONGER SVP JE SUIS MALADE
""",
    Wish.HOURS: """
heures?
quand ouvrez-vous
quand ouvrez vous demain
horaires
Horaires?
horaire svp
oraire
horrraires
HORAIRES SAMEDI
vos horaires svp
heures
heures d'ouverture
A quelle heure vous ouvrez
a quel heure vous fermez?
à quelle heure fermez-vous ce soir
c'est ouvert demain?
Vous êtes ouvert?
etes vous ouvert lundi
ouvert samedi ?
est-ce que c'est ouvert le samedi
vous ouvrez quand
c ouvert quand
Öffnungszeiten
offnungszeiten?
öffnigszite
wann offen?
wann habt ihr offen
Wann ist offen
wenn händ ihr offe
hend ihr morn offe?
habt ihr am Samstag offen?
Wann öffnen Sie?
wann machen Sie auf
wann schliessen Sie?
bis wann offen
orari
orari di apertura
quando aprite?
quando aprite
a che ora aprite
a che ora chiudete?
siete aperti sabato?
orario
hours
hours?
opening hours
opening times?
when do you open
when do you open?
what time do you close
are you open on saturday?
open?
open today?
heures d'ouvertures svp
horaires du samedi?
Wie sind die Öffnungszeiten?
offe?
isch offe?
Wann sind Sie da?
fermé demain?
fermé?
Quand est-ce que vous êtes ouverts
ouvert demain?
geöffnet?
ist heute geöffnet?
aperto oggi?
quando posso venire?
quand je peux venir
quand puis-je passer ?
wann kann ich kommen?
when can I come?
""",
    Wish.HELP: """
aide
AIDE SVP
à l'aide
aidez moi
j'ai besoin d'aide
jai besoin daide
au secours
rappelez-moi
Pouvez-vous me rappeler
pouvez-vous m'appeler svp
appelez moi
merci de me rappeler
Hilfe
hilfe bitte
brauche hilfe
Rufen Sie mich bitte an
Bitte um Rückruf
chönd ihr mir aalüte
lüt mer aa
aiuto
richiamatemi
potete chiamarmi?
mi serve aiuto
help me
call me
please call me back
can you call me
aide moi
pouvez-vous m'appeller
apelez moi
rapelez moi svp
rappeler svp
téléphonez-moi
bitte anrufen
anrufen bitte
telefonieren bitte
chiamare per favore
please call
call
besoin d'un coup de main
je comprends pas, aide
je ne comprends pas aidez moi
je n'arrive pas, aide svp
non capisco, aiuto
Ich verstehe nicht, Hilfe
I don't understand, help
""",
    Wish.STOP: """
Stoppt bitte die SMS
stoppt!
stops
Stop les sms
ok stop
stop de m'écrire
STOPPEZ
arrêt
Stop
stop svp
STOP.
Stop merci
STOP!!
Stop sms
stop pub
stop au 36180
arretez
Arrêtez svp
arrête de m'envoyer des sms
arrêtez de m'écrire
Arrêtez de m'écrire svp
arrêter de m'envoyer des messages
arrêter les messages
ne m'écrivez plus
n'écrivez plus
Plus de messages
ne plus m'envoyer de messages
je ne veux plus de messages
je veux plus de vos messages
je ne veux pas de vos sms
laissez-moi tranquille
désinscription
desabo
désabonnez-moi
me désinscrire
Stopp
stop bitte
Bitte stoppen
aufhören
Hört auf
Hören Sie auf mir zu schreiben
Schreiben Sie mir nicht mehr
schreibt mir nicht mehr
keine sms mehr
kei SMS meh
kei nachrichte meh bitte
Bitte keine Nachrichten mehr senden
Keine weiteren Nachrichten bitte
abmelden
abmälde
abbestellen
Lasst mich in Ruhe
basta sms
fermatevi
Smettetela
smettete di scrivermi
non scrivetemi più
non voglio più messaggi
non voglio ricevere messaggi
cancellatemi
annulla iscrizione
stop messaging me
stop texting
unsubscribe
STOPALL
opt-out
remove me
do not text me
please don't message me
no more messages please
stop it
leave me alone
Fin
Ende
stop prolonger
stop renewing
STOP je veux plus
bonjour stop les messages svp merci
arrêtez tout
arret sms
stop alles
Stop al messaggi
NO MORE
stop!!!!!!!
STOOOOP
S T O P
stop 🙏
je demande l'arrêt des messages
arret des messages
arrêt des SMS svp
fin des messages
""",
    Wish.START: """
start
START svp
Start bitte
recommencer
starten
weiter
riprendere
resume
UNSTOP
START SMS
start messages
restart
""",
    Wish.NOT_ME: """
c'est pas moi
falsche Nummer
ce n'est pas moi
c pas moi
C est pas moi
ces pas moi
c'est pas mon numéro
Vous vous êtes trompé de numéro
vous avez le mauvais numéro
mauvais numero
Je ne suis pas Monsieur Diallo
je ne suis pas la personne
je connais pas cette personne
Vous faites erreur
Kenne ich nicht
Das bin nicht ich
bin ich nicht
Ich bin nicht diese Person
Sie haben sich verwählt
falsche nr
Falsche Nummer!!
falschi nummere
falsch verbunde
numero sbagliato
ha sbagliato numero
avete sbagliato numero
non sono io
non conosco questa persona
wrong num
wrong person
not me
that's not me
I think you have the wrong number
Ce numéro n'est plus à lui
ce n'est plus son numéro
das ist nicht mehr seine Nummer
Désolée mais ce n'est pas moi
Ce n'est pas mon numéro
c'est plus son numéro
Vous vous êtes trompée de personne
bonjour, erreur de destinataire
""",
    Wish.AGREED: """
OK
okay
va bene
ok 👍
""",
    Wish.UNCLEAR: """
Der Laptop stoppt immer wieder
the screen stops after a minute
renouveler ma carte SIM svp
prolonger le forfait svp
Guthaben verlängern bitte
rinnovare la ricarica
renew my SIM
prolonger svp, j'ai perdu le code
non merci
bitte nicht verlängern
ne prolongez pas
no renew
oui
Oui merci
ne pas prolonger svp
je ne veux pas prolonger
je ne souhaite pas prolonger
je n'ai pas besoin de prolonger, je passe demain
plus besoin de prolonger
pas besoin de prolongation merci
ne prolongez pas, je viens demain
prolonger? non merci
prolonger non
non
Nein
no
no grazie
nein danke
Nicht verlängern bitte
nid verlängere
ned verlängere
nöd verlängere
niät verlängeru
bitte net verlängern
ich will nicht verlängern
Verlängern will ich nicht
keine Verlängerung
ohne Verlängerung
non voglio prorogare
non rinnovare
senza proroga
no thanks, don't renew
please do not renew
no need to extend
not renewing
I don't want to renew it
never renew
ja
Ich habe es schon zurückgebracht
déjà rendu
je l'ai rendu hier
J'ai déjà rendu le PC, pourquoi prolonger
already returned
già restituito
Can I keep it longer?
puis-je le garder encore une semaine ?
je peux le garder plus longtemps
Kann ich es länger behalten
posso tenerlo ancora una settimana?
ne stoppez pas
don't stop
nicht stoppen
non fermare i messaggi
L'ordinateur s'arrête tout seul
l'ordi s'arrete tout le temps, que faire?
l'écran stop marcher
bus stop
je descends à l'arrêt Pont-Muret
arrêt maladie
je suis en arrêt
je suis en arrêt maladie
en arret de travail
la fin du mois
Ich bin am Ende des Monats da
fin du mois
fine settimana
basta cosi grazie
tutto ok basta
weiter so
ich komme weiter nicht
je peux recommencer mon CV?
ce n'est pas mon ordinateur
je ne vous connais pas
erreur
qui êtes-vous?
c'est qui?
qui est-ce
wer ist das
wer sind Sie?
chi è?
chi siete?
who is this
who is this?
who are you
new number, this person no longer has it
c'est pas moi qui ai l'ordinateur
c'est pas moi le problème
C'est pas moi, c'est mon fils qui l'a
keine Hilfe nötig
ne m'appelez pas
bitte nicht anrufen
non chiamatemi
don't call me
merci pour votre aide
c'est fermé devant la porte!
Je viens à 14 heures
je viens dans 2 heures
je passe dans une heure
je serai là vers 16 heures
Ich komme in 2 Stunden
arrivo alle ore 15
I'll come in two hours
Le restaurant est ouvert
merci
Merci beaucoup 😊
d'accord
dac
Ok merci je viendrai
bien reçu
super merci
danke
alles klar
grazie
thanks
thank you
sure
bonjour
je passe demain
j'arrive en retard
je suis en retard
je viendrai lundi
je suis malade
je suis à l'hôpital
J'ai perdu le téléphone
on m'a volé l'ordinateur
l'ordinateur est cassé
le chargeur ne marche plus
Combien ça coûte?
c'est où?
où êtes-vous?
quelle adresse
wo sind Sie
dove siete
where are you
je peux venir avec ma soeur?
Appel manqué
Vous avez reçu un message vocal. Appelez le 086
You have 1 new voicemail
Sie haben eine neue Sprachnachricht
Ich bin derzeit nicht erreichbar. Ich rufe zurück
Je suis en réunion, je vous rappelle plus tard
Je conduis, je vous rappelle
I'm driving right now, I'll call you back
I'll call you later
Can't talk now. Call me later?
Je ne peux pas parler, rappelez-moi plus tard
Tut mir leid, ich kann gerade nicht ans Telefon gehen
Sono in riunione, ti richiamo
Réponse automatique: je suis absent jusqu'au lundi
1
???
ضروري
تمديد
продлить
prolonger le pc mais pas le téléphone
prolonger seulement le téléphone
Je rends le téléphone demain, prolonger l'ordinateur
est-ce prolongé
vous n'avez pas prolongé
Prolongation acceptée ?
prolonger ne marche pas
ça marche pas de prolonger
le lien pour prolonger ne marche pas
impossible de prolonger
Je n'arrive pas à prolonger
Ich kann nicht verlängern
verlängern geht nicht
non riesco a prorogare
i can't renew
cannot renew
wurde nicht verlängert
arrêtez de prolonger
annuler prolonger
pas la peine de prolonger
sans prolonger
plutôt pas prolonger
nope dont extend
surtout pas prolonger
jamais prolonger
évitez de prolonger
refuse de prolonger
je refuse la prolongation
au lieu de prolonger je rends
je rends, pas prolonger
ne renouvelez pas
no prorogare
nessuna proroga
nessun rinnovo
mai prorogare
kein verlängern
keine verlängerung nötig danke
verlängern nein
verlängerung nicht nötig
brauche keine Verlängerung
verlängerung unnötig
statt verlängern zurückbringen
bitte keine Verlängerung mehr
anstatt zu verlängern komme ich vorbei
niente rinnovo
invece di prorogare lo riporto
instead of renewing I will return it
I refuse to renew
non serve prorogare
non c'è bisogno di prorogare
do NOT extend
renew? no
prolonger? Nan
prolonger nn
prolonger pas
prolongez pas
prolonge pas
prolongé pas
faut pas prolonger
je prolonge pas
fo pa prolonger
prolonger ❌
❌ prolonger
👎 prolonger
prolonger 👎
🚫 verlängern
je ne peux pas venir, ne prolongez pas
Je ne peux pas venir vendredi mais je ne veux pas prolonger
je n'ai pas le temps de prolonger
je viens pas prolonger
je ne viens pas, pas besoin de prolonger
Kann nicht kommen, aber nicht verlängern
Ich kann nicht verlängern kommen
keine Zeit zum Verlängern
non posso venire, ma non prorogate
non ho tempo di prorogare
can't come, don't renew
I can't come but please do not renew
no time to renew
Je rends vendredi, ne pas prolonger
Verlängern? Nei danke
Nei, nid verlängere
verlängere? nei
prolonger plus
je veux plus prolonger
on ne prolonge plus
plus besoin, prolonger inutile
je n'en ai plus besoin
Prolonger ? Je n'en ai plus besoin
Prolonger, je ne veux pas
Verlängern? Das brauche ich nicht
Verlängern brauche ich nicht mehr
ich möchte auf keinen Fall verlängern
proroga? no grazie
la proroga non mi serve
extension not needed
renewal not required
I do not wish to extend
I'm not going to renew
won't renew
I won't be renewing
I will not renew it
nah dont renew
Je laisse tomber la prolongation
oubliez la prolongation
oublier prolonger
Vergesst die Verlängerung
forget the renewal
lascia perdere la proroga
Je vais rendre, pas prolonger
abandonner la prolongation
Prolongation annulée
j'annule la prolongation
Verlängerung absagen
cancel renewal
undo renew
annulla la proroga
Verlängerung rückgängig machen
j'ai prolongé par erreur
prolonger par erreur
qui a demandé de prolonger?
Who asked to renew?
c'est quoi prolonger
prolonger c'est quoi
was heisst verlängern
how much to renew
vous pouvez prolonger combien de fois?
mon contrat est prolongé
mon arrêt maladie est prolongé
j'ai un arrêt maladie prolongé
prolongement de mon arrêt maladie
mein Vertrag wird verlängert
Mein Visum wurde verlängert, komme am Montag
renew my passport tomorrow
je m'arrête chez vous demain
Arrêtez-vous à quelle heure?
je ne veux pas arrêter
ok stoppé le téléphone est éteint
Ich stoppe morgen bei euch
je n'ai rien emprunté
j'ai rien emprunté chez vous
Ich habe nichts ausgeliehen
I never borrowed anything
non ho preso niente in prestito
Keine Ahnung wer Sie sind
Inconnu
non c'est pas moi qui l'a pris
2 heures de retard
J'ai ouvert le paquet
l'ordinateur ne s'ouvre pas
quand j'ouvre word ça plante
rappel svp
Je vous appelle demain
ich rufe an
j'essaie de vous appeler
top merci
👍👍
ok prolonger pas
""",
}
