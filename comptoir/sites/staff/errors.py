"""What can be wrong with hiring, changing and leaving."""

from __future__ import annotations

from comptoir.core.accounts.errors import OneFieldWrong
from comptoir.core.errors import Forbidden, Refused
from comptoir.core.i18n import gettext as _


class RoleNotYours(Forbidden):
    """Coordinators give roles at their own sites, and never that of administrator."""

    code = "sites.role-not-yours"

    def message(self) -> str:
        return _("You cannot give or take this role there. Ask an administrator.")


class NotYourColleague(Forbidden):
    """An administrator, or somebody who also works elsewhere."""

    code = "sites.not-your-colleague"

    def message(self) -> str:
        return _("This person also has a role beyond your sites. Ask an administrator.")


class NotYourself(Refused):
    """Nobody locks themselves out by mistake."""

    code = "sites.not-yourself"

    def message(self) -> str:
        return _("You cannot do this to your own account. Ask a colleague.")


class LastAdministrator(Refused):
    """Somebody must be able to see to all accounts."""

    code = "sites.last-administrator"

    def message(self) -> str:
        return _("This is the last administrator. Make somebody else administrator first.")


class AccountStopped(Refused):
    """The account is out of use."""

    code = "sites.account-stopped"

    def message(self) -> str:
        return _("This account is out of use. Put it back in use first.")


class SiteMissing(OneFieldWrong):
    """A role other than administrator needs a site, or "all sites"."""

    code = "sites.site-missing"
    field = "site"

    def sentence(self) -> str:
        return _("Choose the site where this person works.")


class RoleMissingInForm(OneFieldWrong):
    """No role, or none that exists."""

    code = "sites.role-missing"
    field = "role"

    def sentence(self) -> str:
        return _("Choose what this person does.")


class ColleagueUnknown(OneFieldWrong):
    """Nobody has that user name."""

    code = "sites.colleague-unknown"
    field = "login"

    def sentence(self) -> str:
        return _("Nobody has this user name. Check it, or invite the person as new.")
