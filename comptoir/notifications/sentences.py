"""What is said about a wording or a number that cannot be used: what is wrong, what to do."""

from __future__ import annotations

from comptoir.core.i18n import gettext as _
from comptoir.notifications.numbers import NumberProblem
from comptoir.notifications.placeholders import Problem, ProblemCode

_SHOWN = 40


def wording_sentence(problem: Problem) -> str:
    """A sentence or two for whoever writes a wording."""
    found = problem.found[:_SHOWN]
    meant = "{{" + problem.meant + "}}"
    match problem.code:
        case ProblemCode.EMPTY:
            return _("The text is empty. Write what the message is to say.")
        case ProblemCode.TOO_LONG:
            return _(
                "The text is as long as %(length)s characters; %(most)s fit into four text "
                "messages. Keep what the person must know now, and leave the rest for the visit.",
                length=problem.length,
                most=problem.most,
            )
        case ProblemCode.CONTROL_CHARACTER:
            return _("There is an invisible character here. Delete it, or type this line anew.")
        case ProblemCode.STRAY_BRACE:
            return _("A brace stands alone here. Braces only go around a place to fill.")
        case ProblemCode.UNCLOSED:
            return _("A place to fill begins here and does not end. Close it with two braces: }}")
        case ProblemCode.MALFORMED if problem.meant:
            return _(
                "%(found)s cannot be read. Write it like this: %(meant)s", found=found, meant=meant
            )
        case ProblemCode.MALFORMED:
            return _(
                "%(found)s cannot be read. A place to fill is a word of the list between "
                "two pairs of braces.",
                found=found,
            )
        case ProblemCode.UNKNOWN_NAME if problem.meant:
            return _(
                "This message has no %(found)s. Did you mean %(meant)s?", found=found, meant=meant
            )
        case ProblemCode.UNKNOWN_NAME:
            return _("This message has no %(found)s. Choose one from the list.", found=found)
        case ProblemCode.FORM_NESTED:
            return _(
                "A text for one or several stands inside another. Write {{end}} before this one."
            )
        case ProblemCode.FORM_UNFINISHED:
            return _(
                "The text for one or several that begins here is not complete. It has three "
                "marks: {{one}} … {{many}} … {{end}}"
            )
        case ProblemCode.FORM_OUT_OF_PLACE:
            return _(
                "%(found)s does not belong here. A text for one or several has three marks: "
                "{{one}} … {{many}} … {{end}}",
                found=found,
            )


def number_sentence(problem: NumberProblem) -> str:
    """A sentence or two for whoever typed a telephone number."""
    match problem:
        case NumberProblem.NOT_A_NUMBER:
            return _("This is not a phone number. Example: +41 26 555 01 10.")
        case NumberProblem.COUNTRY_UNKNOWN:
            return _("No country has this code. Check the digits after the plus sign.")
        case NumberProblem.TOO_SHORT:
            return _("This phone number has too few digits. Ask for it again.")
        case NumberProblem.TOO_LONG:
            return _("This phone number has too many digits. Ask for it again.")
        case NumberProblem.INVALID:
            return _("No phone number begins like this. Ask for it again.")
