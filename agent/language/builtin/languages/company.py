"""Words that mean something only in company: "the line", "the signal", "the average" of what was named before."""

from __future__ import annotations

from agent.language.builtin.languages.vocabulary import ROLES, Kind, Token

_ENDS = frozenset(
    {Kind.COMMA, Kind.AND, Kind.OR, Kind.WHEN, Kind.COLON, Kind.STOP, Kind.ACTION, Kind.WITH, Kind.HEAD, Kind.WHOLE}
)
_EXTREMES = {"high": "highest high of last {} bars", "low": "lowest low of last {} bars"}
_BANDS = frozenset({"upper band", "lower band", "middle band"})
_COMPARED = frozenset({Kind.RELATION, Kind.SETUP})


def in_company(tokens: list[Token]) -> list[Token]:
    """Return a message's tokens with such words as what they stand for, or without them where they stand for nothing.

    Beside a MACD the line and the signal are its two lines, where something is compared with them. Beside a Bollinger
    band an average without a length is the one in its middle; the bands of a Keltner channel are its own. Beside a
    high of so many bars, "the low of 10" is one of so many as well.
    """
    macd = any(token.text.startswith("macd") for token in tokens)
    bands = any(token.text.startswith(("bollinger", "upper band", "lower band")) for token in tokens)
    tokens = _timeframes_in_front(tokens)
    keltner = "" if any(token.text.startswith("bollinger") for token in tokens) else _channel(tokens)
    channel = any(token.text.startswith(("highest ", "lowest ", "donchian")) for token in tokens)
    found: list[Token] = []
    for place, token in enumerate(tokens):
        if token.text == "new" and token.kind is Kind.LINE:
            if any(one.text.startswith(("highest ", "lowest ")) for one in tokens[place + 1 : place + 2]):
                way = "above" if tokens[place + 1].text.startswith("highest ") else "below"
                found.append(Token(Kind.RELATION, f"breaks {way}"))
        elif token.kind is Kind.LINE:
            if macd and (name := _macd_line(token, chunk_around(tokens, place, _ENDS))):
                found.append(Token(Kind.TERM, name))
        elif keltner and token.text in _BANDS:
            found.append(Token(Kind.TERM, token.text.replace(" band", f" {keltner}")))
        elif keltner and token.text == keltner and _is_beside_a_band(tokens, place):
            continue
        elif channel and token.kind is Kind.NUMBER and token.text.isdigit() and found and found[-1].text in _EXTREMES:
            found[-1] = Token(Kind.TERM, _EXTREMES[found[-1].text].format(token.text))
        elif bands and token.text == "ma" and _is_alone(tokens, place):
            found.append(Token(Kind.TERM, "middle band"))
        else:
            found.append(token)
    return found


def _is_beside_a_band(tokens: list[Token], place: int) -> bool:
    return any(token.text in _BANDS for token in (*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2]))


def _channel(tokens: list[Token]) -> str:
    """Return the Keltner channel of a message that names one, as its bands are called by."""
    return next((token.text for token in tokens if token.text.startswith("keltner channel")), "")


def _timeframes_in_front(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a timeframe said behind its indicator before it: "rsi 1d above 50"; never the first."""
    first = next((token for token in tokens if token.kind is Kind.TIMEFRAME), None)
    moved = list(tokens)
    for place in range(1, len(moved) - 1):
        if moved[place].kind is not Kind.TIMEFRAME or moved[place] is first:
            continue
        if moved[place - 1].kind is Kind.TERM and moved[place + 1].kind in {Kind.RELATION, *ROLES}:
            moved[place - 1], moved[place] = moved[place], moved[place - 1]
    return moved


def chunk_around(tokens: list[Token], place: int, ends: frozenset[Kind]) -> list[Token]:
    """Return the tokens around a place up to the nearest of a kind that ends a part, without that place."""
    first, last = bounds_around(tokens, place, ends)
    return [*tokens[first:place], *tokens[place + 1 : last]]


def bounds_around(tokens: list[Token], place: int, ends: frozenset[Kind]) -> tuple[int, int]:
    """Return where the part around a place begins and where it has ended."""
    first = next((at + 1 for at in range(place - 1, -1, -1) if tokens[at].kind in ends), 0)
    last = next((at for at in range(place + 1, len(tokens)) if tokens[at].kind in ends), len(tokens))
    return first, last


def _macd_line(token: Token, around: list[Token]) -> str | None:
    """Return which line of a MACD a word is, None where nothing is compared with it."""
    others = [one for one in around if one.kind is Kind.TERM and not one.text.startswith("macd")]
    if others or not any(one.kind in _COMPARED for one in around):
        return None
    if token.text == "the signal":
        return "macd signal line"
    named = any(one.text.startswith("macd") for one in around)
    return None if named else "macd line"


def _is_alone(tokens: list[Token], place: int) -> bool:
    """Tell whether an average has no length, and is not one of the volume."""
    figure = any(token.kind is Kind.NUMBER for token in tokens[place + 1 : place + 2])
    return not figure and not any(token.text == "volume" for token in chunk_around(tokens, place, _ENDS))
