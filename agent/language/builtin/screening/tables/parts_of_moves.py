"""A part of a move that was made before: half of the drop, two thirds of the rally."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

PART = "(half|a half|one half|a third|one third|two thirds|a quarter|one quarter|three quarters|# / #|most)"
SHARE = f"({PART}|# %|# percent)"
MOVE = (
    "(drop|fall|decline|dip|dump|loss|losses|crash|selloff|sell off|slide|plunge|move|leg|swing|impulse|rally|rise|"
    "run up|pump|surge|jump|advance|flush|bounce|gap|ground)"
)
RETURNS = (
    "(recovers|recover|recovered|recovering|regains|regain|regained|retraces|retrace|retraced|retracing|reclaims|"
    "reclaim|reclaimed|erases|erase|erased|makes back|wins back|gets back|gains back|earns back|takes back|gives "
    "back|give back|given back|gave back|bounces|bounces back|claws back|made back|got back|won back)"
)

PARTS_OF_MOVES = (
    Element(
        "part_of_a_move",
        "role.part_of_a_move",
        "how much of an earlier move is undone needs the two ends of that move, which a spec does not keep",
        "a stated per cent from the entry or from the extreme of the last bars",
        (
            f"{RETURNS} (at least|about|around|roughly|more than|over)? {PART} (of)? (the|that|this|its|what)? "
            f"(same|whole|last|prior|previous|initial|recent|entire)? (day)? {MOVE}? (it lost|was lost|that day)?",
            f"{RETURNS} (at least|about|around|roughly|more than|over)? # (%|percent)! of (the|that|this|its|what) "
            f"(same|whole|last|prior|previous|initial|recent|entire)? (day)? {MOVE}?",
            f"{SHARE} of (the|that|this|its|the whole|the last|the prior|the previous|the initial|that whole|such a) "
            f"(day|daily|down|up)? {MOVE} (is|has been|was|gets|back|being)? (recovered|regained|retraced|undone|"
            "erased|made back|given back|back)?",
            f"{SHARE} (retrace|retracement|recovery|recoup|bounce|rebound) (of|from) (the|that|this|its) "
            f"(last|prior|previous|initial|recent|whole)? {MOVE}",
        ),
        ("of (the|its|my|our) (position|equity|account|profit|gain|size|trade|stake)",),
    ),
)
