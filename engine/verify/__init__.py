"""The same strategy in another engine, and the formulas of a third: what agrees, and why the rest does not.

docs/verify.md has the conventions, the figures and the differences.
"""

from engine.verify.compared import Verification
from engine.verify.peer import PEERS, PeerError
from engine.verify.run import verify

__all__ = ["PEERS", "PeerError", "Verification", "verify"]
