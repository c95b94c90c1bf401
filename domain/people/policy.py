"""What an organisation has decided for all its people: how much imbalance, which questions, who comes in and how."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from domain import durations
from domain.agreements.state import PROMPTS
from domain.refusals import Invalid
from domain.updates.expectation import USUAL_GRACE

MOST_DOMAINS = 50

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+")
_RANGES = {
    "imbalance_longest_days": (1, 365),
    "imbalance_gap_percent": (0, 200),
    "imbalance_share_percent": (1, 100),
}


@dataclass(frozen=True)
class OrganisationPolicy:
    """The settings of one organisation; as they stand here where it has not decided otherwise.

    `grace` goes into an update term that is written without one. `retention` is how long after its end what was
    agreed on or promised stays readable once somebody in it was erased. `provider_domains` are the mail domains
    whose people may come in by signing in elsewhere, where `create_people_from_provider` says so.
    """

    imbalance_longest_days: int = 90
    imbalance_gap_percent: int = 50
    imbalance_share_percent: int = 25
    prompts: tuple[str, ...] = PROMPTS
    grace: str = USUAL_GRACE
    statistics: bool = True
    require_second_factor: bool = False
    create_people_from_provider: bool = False
    provider_domains: tuple[str, ...] = ()
    retention: str = "P2Y"

    def checked(self) -> OrganisationPolicy:
        """The settings in normal form; raises Invalid for what nobody could keep."""
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise Invalid(f"Choose a whole number from {least} to {most}.", field=name)
        if not set(self.prompts) <= set(PROMPTS):
            raise Invalid(f"The questions are {', '.join(PROMPTS)}.", field="prompts")
        domains = tuple(dict.fromkeys(domain.strip().lower() for domain in self.provider_domains))
        if len(domains) > MOST_DOMAINS:
            raise Invalid(f"At most {MOST_DOMAINS} mail domains, please.", field="provider_domains")
        if not all(_DOMAIN.fullmatch(domain) for domain in domains):
            raise Invalid("Write mail domains like example.org.", field="provider_domains")
        if self.create_people_from_provider and not domains:
            raise Invalid("Say from which mail domains people may come in.", field="provider_domains")
        return replace(
            self,
            prompts=tuple(question for question in PROMPTS if question in self.prompts),
            grace=durations.checked(self.grace, field="grace", longest="P30D"),
            provider_domains=domains,
            retention=durations.checked(self.retention, field="retention", shortest="P1D", longest="P30Y"),
        )

    def differences(self, other: OrganisationPolicy) -> list[str]:
        """The names of the settings in which the two differ."""
        return [f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)]
