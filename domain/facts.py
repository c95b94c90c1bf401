"""Gathers every module that defines facts, so that `domain.base.FACTS` is complete once this is imported."""

from domain.agreements import events as agreement_events
from domain.agreements import imported_events
from domain.commitments import events as commitment_events
from domain.commitments import imported_events as imported_commitment_events
from domain.imbalance import calendar_events as imbalance_calendar_events
from domain.imbalance import events as imbalance_events
from domain.people import erasing_events, team_events
from domain.people import events as people_events
from domain.reads import events as read_events
from domain.updates import events as update_events

__all__ = [
    "agreement_events",
    "commitment_events",
    "erasing_events",
    "imbalance_calendar_events",
    "imbalance_events",
    "imported_commitment_events",
    "imported_events",
    "people_events",
    "read_events",
    "team_events",
    "update_events",
]
