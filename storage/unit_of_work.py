"""A unit of work: the repositories on one transaction, kept whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.repositories.answers import IdempotencyKeys, ModelReplies
from storage.repositories.backtests import Backtests
from storage.repositories.candle_prints import CandlePrints
from storage.repositories.judgements import Judgements
from storage.repositories.links import ThreadLinks
from storage.repositories.optimizations import Optimizations
from storage.repositories.refinements import Refinements
from storage.repositories.runs import Runs
from storage.repositories.snapshots import Snapshots
from storage.repositories.statuses import StatusEvents
from storage.repositories.strategies import Strategies
from storage.repositories.threads import Threads
from storage.repositories.trials import Trials
from storage.repositories.users import Users
from storage.repositories.variants import Variants
from storage.repositories.versions import Versions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class UnitOfWork:
    """What `storage.database.Database` opens: everything done through it is in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.users = Users(connection)
        self.threads = Threads(connection)
        self.strategies = Strategies(connection)
        self.versions = Versions(connection)
        self.statuses = StatusEvents(connection)
        self.variants = Variants(connection)
        self.backtests = Backtests(connection)
        self.trials = Trials(connection)
        self.prints = CandlePrints(connection)
        self.judgements = Judgements(connection)
        self.refinements = Refinements(connection)
        self.optimizations = Optimizations(connection)
        self.snapshots = Snapshots(connection)
        self.runs = Runs(connection)
        self.idempotency = IdempotencyKeys(connection)
        self.replies = ModelReplies(connection)
        self.links = ThreadLinks(connection)
