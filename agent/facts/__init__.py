"""Facts: what a request states, compared with what a draft holds."""

from __future__ import annotations

from agent.facts.check import check_facts
from agent.facts.extract import facts_of
from agent.facts.fact import Fact

__all__ = ["Fact", "check_facts", "facts_of"]
