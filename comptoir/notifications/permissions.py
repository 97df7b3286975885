"""Who may change what messages of all sites share."""

from __future__ import annotations

from comptoir.core.principal import Principal, Role


def answers_for_all(actor: Principal) -> bool:
    """True for those who coordinate all sites: what is the same everywhere is theirs to change."""
    return actor.has_role_everywhere(Role.COORDINATOR) and actor.may_share
