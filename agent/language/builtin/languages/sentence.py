"""One sentence of English tokens into clauses: the action first, its condition behind."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from agent.language.builtin.languages.acting import acted
from agent.language.builtin.languages.changes import changes
from agent.language.builtin.languages.conditions import condition, has_condition
from agent.language.builtin.languages.figures import figure_before, figure_behind
from agent.language.builtin.languages.named_crosses import whole_crosses
from agent.language.builtin.languages.operands import is_price_like
from agent.language.builtin.languages.relations import words
from agent.language.builtin.languages.tails import behind_a_comma
from agent.language.builtin.languages.vocabulary import ENDING, HEADER, JOINTS, ROLES, Kind, Token

if TYPE_CHECKING:
    from agent.language.builtin.languages.memory import Memory

_PAIRED = {
    ("enter", "buy"): "buy", ("buy", "enter"): "buy", ("buy", "buy"): "buy", ("enter", "go short"): "go short",
    ("go short", "enter"): "go short", ("sell", "go short"): "go short", ("buy", "exit"): "sell",
    ("exit", "buy"): "sell",
    ("exit", "sell"): "sell", ("sell", "exit"): "sell", ("go short", "exit"): "cover", ("exit", "go short"): "cover",
    ("go short", "cover"): "cover", ("enter", "sell"): "sell", ("exit", "exit"): "exit", ("sell", "enter"): "sell",
    ("sell", "sell"): "sell", ("enter", "enter"): "enter", ("exit", "enter"): "exit",
}  # fmt: skip
"""What two actions said in one breath amount to: "enter long", "exit short"."""


class Sentence:
    """One sentence on its way: what waits for an action, and the action that still takes what follows."""

    def __init__(self, tokens: list[Token], order: str, memory: Memory) -> None:
        self.tokens, self.order, self.memory = whole_crosses(tokens), order, memory
        self.said: list[str] = []
        self.asides: list[str] = []
        self.action: str | None = None
        self.waiting: list[Token] = []
        self.action_first = self._is_action_first()

    def read(self) -> list[str]:
        """Return the clauses."""
        if any(token.kind is Kind.EDIT for token in self.tokens):
            parts = changes(self.tokens, self.order, self.memory)
            read = ([one] if isinstance(one, str) else Sentence(one, self.order, self.memory).read() for one in parts)
            return [clause for part in read for clause in part]
        place = 0
        while place < len(self.tokens):
            place = self._token(place)
        self._flush()
        return [clause for clause in (*self.said, *self.asides) if clause]

    def _is_action_first(self) -> bool:
        acts = [place for place, token in enumerate(self.tokens) if token.kind is Kind.ACTION]
        opens = [place for place, token in enumerate(self.tokens) if token.kind is Kind.WHEN or has_condition([token])]
        if not acts or not opens or opens[0] < acts[0]:
            return not opens
        if self.order == "svo":
            return True
        after = self.tokens[acts[0] + 1].kind
        return after in {Kind.COLON, Kind.TOPIC, Kind.WHEN} or opens[-1] > acts[-1]

    def _token(self, place: int) -> int:
        """Read the token at a place; return the place of the next."""
        token = self.tokens[place]
        if token.kind in {Kind.ACTION, Kind.HEAD}:
            return self._act(place) if token.kind is Kind.ACTION else self._head(place)
        elif token.kind is Kind.WHOLE and token.text.startswith("from "):
            self.waiting = [waits for waits in self.waiting if waits.text != "backtest"]
            self._whole(f"backtest {token.text}", place + 1)
        elif token.kind is Kind.WHOLE:
            self._whole(token.text, place + 1)
        elif token.kind is Kind.COMMA and self._is_plain():
            self._flush()
        else:
            self.waiting.append(token)
        return place + 1

    def _whole(self, text: str, place: int) -> None:
        """Say a clause that is complete; "strategy" alone before it is what it is about anyway."""
        if self.action is None and words(self.waiting) == "strategy":
            self.waiting = []
        self._aside(text, place)

    def _aside(self, text: str, place: int) -> None:
        """Say what is complete by itself: at once, or behind the action it was said in the middle of."""
        later = self.tokens[place:]
        acts = next((at for at, token in enumerate(later) if token.kind is Kind.ACTION), len(later))
        holds = has_condition(self.waiting)
        follows = has_condition(later[:acts])
        in_the_middle = holds and acts < len(later) and not follows if self.action is None else follows and not holds
        if in_the_middle:
            self.asides.append(text)
        else:
            self._flush()
            self.said.append(text)

    def _is_plain(self) -> bool:
        """Tell whether what waits is complete without an action: a header, a remark."""
        return self.action is None and not has_condition(self.waiting) and not any(
            token.kind in {Kind.TERM, Kind.WHEN, Kind.NUMBER} for token in self.waiting
        )  # fmt: skip

    def _act(self, place: int) -> int:
        """Read an action: it closes the condition that waits, or opens for what follows; return the next place."""
        action, nxt = self.tokens[place].text, self.tokens[place + 1 : place + 2]
        if self.action is not None:
            joined = _PAIRED.get((self.action, action)) if not self.waiting else None
            if joined is not None:
                self.action = joined
                return place + 1
            theirs = self._last_block(nxt)
            self._flush()
            self.waiting = theirs
        opens_next = (bool(nxt) and nxt[0].kind in {Kind.WHEN, Kind.COLON, Kind.TOPIC}) or self._apart(place)
        if has_condition(self.waiting) and not opens_next and not self.action_first:
            header, body = self._header()
            objects = [token for token in nxt if token.kind is Kind.ASSET]
            self.said.append(words(header))
            self.said.append(acted(action, [*objects, Token(Kind.WHEN, "when"), *body], self.memory, comma=" and "))
            self.waiting = []
            return place + 1 + len(objects)
        elif has_condition(self.waiting) and self.waiting[0].kind is Kind.WHEN and not opens_next:
            self.said.append(acted(action, self.waiting, self.memory, comma=" and "))
            self.waiting = []
        elif self._is_extreme() and (not nxt or nxt[0].kind is Kind.COMMA):
            self.said.append(
                acted(action, [token for token in self.waiting if token.kind is Kind.TERM], self.memory, "")
            )
            self.waiting = []
        else:
            self._flush()
            self.action = action
        return place + 1

    def _apart(self, place: int) -> bool:
        """Tell whether an exit behind a comma has a rule of its own: "breakout of the high, out under the low"."""
        behind = list(takewhile(lambda token: token.kind not in {Kind.COMMA, Kind.STOP}, self.tokens[place + 1 :]))
        kinds = {token.kind for token in behind}
        own = Kind.SETUP in kinds or (self.tokens[place].text in ENDING and has_condition(behind))
        return own and Kind.ACTION not in kinds and bool(self.waiting) and self.waiting[-1].kind is Kind.COMMA

    def _is_extreme(self) -> bool:
        """Tell whether nothing waits but a high or low to act at: "the 20 day low, exit"."""
        waiting = [token for token in self.waiting if token.kind not in JOINTS]
        return self.action is None and len(waiting) == 1 and waiting[0].text.startswith(("highest ", "lowest "))

    def _last_block(self, nxt: list[Token]) -> list[Token]:
        """Take the last "when ..." off an action's tail if the action that follows has no condition of its own.

        So with "..., after 3 days": it says when to do what is said behind it.
        """
        late = len(self.waiting) > 1 and self.waiting[-1].kind is Kind.AFTER and self.waiting[-2].kind in JOINTS
        if late and not (nxt and nxt[0].kind in {Kind.WHEN, Kind.COLON}):
            return [Token(Kind.WHEN, "when"), self.waiting.pop()]
        whens = [at for at, token in enumerate(self.waiting) if token.kind is Kind.WHEN]
        if len(whens) == 1 and (not nxt or nxt[0].kind in {Kind.COMMA, Kind.AND, Kind.HEAD}):
            return behind_a_comma(self.waiting, whens[0])
        if len(whens) < 2 or (nxt and nxt[0].kind in {Kind.WHEN, Kind.COLON}):
            return []
        block = self.waiting[whens[-1] :]
        del self.waiting[whens[-1] :]
        return block

    def _header(self) -> tuple[list[Token], list[Token]]:
        """Return asset and timeframe in front of a condition, and the condition."""
        place = 0
        while place < len(self.waiting) and self.waiting[place].kind in {*HEADER, *JOINTS, Kind.WORD}:
            if self.memory.is_of_a_term(self.waiting, place):
                break
            place += 1
        if not any(token.kind in HEADER for token in self.waiting[:place]):
            place = 0
        return self.waiting[:place], self.waiting[place:]

    def _head(self, place: int) -> int:
        """Read a stop, target or size with its figure, which stands behind it or before."""
        head = self.tokens[place]
        behind = figure_behind(self.tokens, place + 1)
        before = figure_before(self.waiting, alone=self.action is None, last_resort=behind is None)
        if before is not None:
            self._flush()
            self.said.append(f"{head.text} {before}")
            return place + 1
        if behind is not None:
            figure, after = behind
            moved = [token.text for token in self.waiting if token.kind is not Kind.AND]
            if self.action is None and moved in (["rise"], ["fall"]):
                self.waiting = []
                self.said.append(f"{'raise' if moved == ['rise'] else 'lower'} {head.text} to {figure}")
                return after
            self._aside(f"{head.text} {figure}", after)
            return after
        if head.text == "take profit" and self._at_level(place):
            return place + 1
        if head.text in {"stop loss", "take profit"}:
            if has_condition(self.waiting) and self.action is None:
                header, body = self._header()
                self.said += [
                    words(header),
                    acted("exit", [Token(Kind.WHEN, "when"), *body], self.memory, comma=" and "),
                ]
                self.waiting = []
                return place + 1
            if self.tokens[place + 1 : place + 2] and self.tokens[place + 1].kind is Kind.WHEN:
                self._flush()
                self.action = "exit"
                return place + 1
        self.waiting.append(head)
        return place + 1

    def _at_level(self, place: int) -> bool:
        """Read a target that is a level, not a distance: "take profit at the middle band", "at 50" of an oscillator."""
        behind = next((token for token in self.tokens[place + 1 :] if token.kind not in {Kind.COLON, *ROLES}), None)
        if behind is not None and behind.kind is Kind.TERM and is_price_like(behind.text):
            self._flush()
            self.action = "exit"
            return True
        last = self.waiting[-1:]
        if last and last[0].kind is Kind.NUMBER and last[0].text.isdigit() and self.memory.left and self.action is None:
            if not has_condition(self.waiting):
                self.waiting = []
                self.said.append(f"exit when {self.memory.left} touches {last[0].text}")
                return True
        return False

    def _flush(self) -> None:
        """Say what waits: the open action with its tail, or a remark of its own."""
        waiting = self.waiting
        while waiting and waiting[-1].kind in JOINTS:
            waiting.pop()
        while waiting and waiting[0].kind in JOINTS:
            waiting.pop(0)
        self.waiting = []
        if self.action is not None:
            self.said.append(acted(self.action, waiting, self.memory, comma=", "))
            self.action = None
        elif [token.text for token in waiting] in (["the opposite happens"], ["when", "the opposite happens"]):
            self.said.append("sell when the opposite happens")
        elif has_condition(waiting):
            self.waiting = self.memory.headers_first(waiting)
            header, body = self._header()
            self.waiting = []
            when = "when " if body[0].kind is Kind.WHEN else ""
            self.said += [words(header), when + condition(body, self.memory)]
        elif waiting:
            self.memory.hear(waiting)
            self.said.append(words(waiting))
