"""The parts of a graph in which one can get from every node to every other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(
    nodes: Iterable[Node], after: Callable[[Node], Iterable[Node]]
) -> list[frozenset[Node]]:
    """The strongly connected components that are reached from some nodes (Tarjan's algorithm).

    Args:
        nodes: where to begin.
        after: what follows a node, also beyond those where it began; asked once for each.
    """
    search = _Search(after)
    for node in nodes:
        if node not in search.index:
            search.run(node)
    return search.found


class _Search(Generic[Node]):
    """One run of the algorithm, with a stack of its own instead of recursion."""

    def __init__(self, after: Callable[[Node], Iterable[Node]]) -> None:
        self.after = after
        self.index: dict[Node, int] = {}
        self.low: dict[Node, int] = {}
        self.open: list[Node] = []
        self.waiting: set[Node] = set()
        self.found: list[frozenset[Node]] = []

    def run(self, start: Node) -> None:
        path: list[tuple[Node, Iterator[Node]]] = [(start, self.enter(start))]
        while path:
            node, following = path[-1]
            other = next(following, None)
            if other is None:
                path.pop()
                self.leave(node)
                if path:
                    above = path[-1][0]
                    self.low[above] = min(self.low[above], self.low[node])
            elif other not in self.index:
                path.append((other, self.enter(other)))
            elif other in self.waiting:
                self.low[node] = min(self.low[node], self.index[other])

    def enter(self, node: Node) -> Iterator[Node]:
        self.index[node] = self.low[node] = len(self.index)
        self.open.append(node)
        self.waiting.add(node)
        return iter(self.after(node))

    def leave(self, node: Node) -> None:
        if self.low[node] != self.index[node]:
            return
        component = set()
        while node not in component:
            other = self.open.pop()
            self.waiting.remove(other)
            component.add(other)
        self.found.append(frozenset(component))
