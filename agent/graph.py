"""The graph of a turn: its steps and the ways between them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from langgraph.graph import END, START, StateGraph

from agent.nodes.answer import answer, ask, explain, refuse
from agent.nodes.backtest import backtest
from agent.nodes.check import after_check, check
from agent.nodes.draft import after_edit, draft, edit
from agent.nodes.echo import echo
from agent.nodes.ground import after_ground, ground, reword
from agent.nodes.improve import after_improving, improve
from agent.nodes.judge import after_judging, judge
from agent.nodes.repair import repair
from agent.nodes.store import store
from agent.nodes.understand import by_intent, understand
from agent.state import TurnState
from agent.workspace import Workspace

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    TurnGraph: TypeAlias = CompiledStateGraph[TurnState, Workspace, TurnState, TurnState]

KINDS = ["ask", "explain", "refuse", "edit", "draft", "improve", "judge", "backtest"]
"""What a message can turn out to be; ``backtest`` when the person agreed to open the holdout."""


@cache
def untracked_graph() -> TurnGraph:
    """Return the graph without checkpoints: it holds nothing of a turn, so one serves all."""
    return turn_graph(None)


def turn_graph(checkpoints: BaseCheckpointSaver[Any] | None) -> TurnGraph:
    """Return the graph that answers one message."""
    graph = StateGraph(TurnState, context_schema=Workspace)

    graph.add_node(understand)
    graph.add_edge(START, "understand")
    graph.add_conditional_edges("understand", by_intent, KINDS)

    # a strategy is written or changed, checked, mended, shown, tested
    graph.add_node(draft)
    graph.add_edge("draft", "check")
    graph.add_node(edit)
    graph.add_conditional_edges("edit", after_edit, ["ask", "check", "backtest"])
    graph.add_node(check)
    graph.add_conditional_edges("check", after_check, ["echo", "repair", "ask"])
    graph.add_node(repair)
    graph.add_conditional_edges("repair", by_intent, KINDS)
    graph.add_node(echo)
    graph.add_edge("echo", "backtest")
    graph.add_node(backtest)
    graph.add_edge("backtest", "answer")

    # something better is looked for (diagnose, propose, search, judge): a variant, or "leave it"
    graph.add_node(improve)
    graph.add_conditional_edges("improve", after_improving, ["ask", "answer"])

    # what it is worth is weighed against all that was tried; a look into the holdout waits for a yes
    graph.add_node(judge)
    graph.add_conditional_edges("judge", after_judging, ["ask", "answer"])

    # every answer is composed, its figures are quoted, and it is kept
    for kind in (ask, explain, refuse, answer):
        graph.add_node(kind)
        graph.add_edge(kind.__name__, "ground")
    graph.add_node(ground)
    graph.add_conditional_edges("ground", after_ground, ["reword", "store"])
    graph.add_node(reword)
    graph.add_edge("reword", "ground")
    graph.add_node(store)
    graph.add_edge("store", END)

    return graph.compile(checkpointer=checkpoints)
