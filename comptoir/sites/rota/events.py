"""Facts about the rota that a higher floor may react to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal


class GapWasFilled(msgspec.Struct, frozen=True):
    """Somebody came forward where a person was missing. The shift is written."""

    actor: Principal
    site: UUID
    shift: UUID
    at: datetime
