"""What is refused about policies and groups."""

from __future__ import annotations

from comptoir.core.errors import Forbidden, NotFound, PreconditionFailed, Refused
from comptoir.core.i18n import gettext as _


class CoordinatorNeeded(Forbidden):
    """Only coordinators decide for how long things are lent."""

    code = "lending.coordinator-needed"

    def message(self) -> str:
        return _("Only a coordinator may change this. Ask one.")


class GroupNotFound(NotFound):
    """There is no such group of borrowers."""

    code = "lending.group-not-found"

    def message(self) -> str:
        return _("This group does not exist. Choose one from the list.")


class PolicyNotFound(NotFound):
    """There is no such policy."""

    code = "lending.policy-not-found"

    def message(self) -> str:
        return _("There is no such rule any more. Look at the list again.")


class SettingsChanged(PreconditionFailed):
    """Somebody else changed the group or policy since it was read."""

    code = "lending.settings-changed"

    def message(self) -> str:
        return _(
            "Somebody else has changed this in the meantime, so nothing was saved. "
            "Look at it again, then make your change."
        )


class GroupInUse(Refused):
    """People are in the group, or it is the one for everybody new."""

    code = "lending.group-in-use"

    def message(self) -> str:
        return _(
            "This group cannot be removed: people are in it, or new people are put into it. "
            "Put them into another group first."
        )
