"""Strongly connected components, against their definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.components import components

GRAPHS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=24).map(
    lambda edges: {node: [b for a, b in edges if a == node] for node in range(8)}
)


def reached(graph, start):
    seen, waiting = {start}, [start]
    while waiting:
        for node in graph[waiting.pop()]:
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


@given(GRAPHS)
def test_two_nodes_are_in_one_component_if_each_leads_to_the_other(graph):
    found = components(graph, graph.__getitem__)

    assert sorted(node for part in found for node in part) == list(range(8))
    for part in found:
        for node in part:
            both = {other for other in reached(graph, node) if node in reached(graph, other)}
            assert both == part


def test_only_what_is_reached_is_looked_at():
    graph = {1: [2], 2: [1], 3: [1]}

    assert components([1], graph.__getitem__) == [frozenset({1, 2})]


def test_a_long_chain_needs_no_recursion():
    assert len(components([0], lambda node: [node + 1] if node < 20_000 else [])) == 20_001
