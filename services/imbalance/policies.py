"""What follows from imbalance periods for other things."""

from __future__ import annotations

from services.imbalance import recovery, settle_calendars, suspend_and_restore
from services.policies.policy import Policy

POLICIES: tuple[Policy, ...] = (suspend_and_restore.POLICY, settle_calendars.POLICY, recovery.POLICY)
