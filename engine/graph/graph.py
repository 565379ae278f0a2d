"""A wired set of nodes; chunks pushed in at sources come out processed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from engine.errors import GraphError
from engine.streams import Chunk, Stream


class Node(Protocol):
    """One step of processing.

    A node with several results returns the first from `bind` and names the rest by
    being followed by small nodes that read it.
    """

    def bind(self, *inputs: Stream) -> Stream:
        """Check the inputs, design for their rate, and describe the output."""
        ...

    def process(self, chunk: Chunk) -> Chunk | None:
        """Take the next chunk of any bound input; return output if there is some."""
        ...


@dataclass(slots=True)
class Graph:
    """Nodes in the order they were added, which is a valid order to run them in.

    A node can only be wired to streams that exist, so there are no cycles to detect
    and nothing to sort.
    """

    _readers: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    _made: list[tuple[Node, tuple[str, ...], str]] = field(
        default_factory=list[tuple[Node, tuple[str, ...], str]]
    )
    _streams: dict[str, Stream] = field(default_factory=dict[str, Stream])

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Every stream that exists, sources first as declared."""
        return tuple(self._streams.values())

    def source(self, stream: Stream) -> Stream:
        """Declare a stream that will be pushed in from outside."""
        return self._declare(stream)

    def add(self, node: Node, *inputs: Stream) -> Stream:
        """Wire ``node`` to ``inputs`` and return the stream it makes."""
        for stream in inputs:
            if stream.name not in self._readers:
                raise GraphError(
                    "is read but made by no one",
                    where=stream.name,
                    hint="declare it with graph.source or add the node that makes it",
                )
        made = self._declare(node.bind(*inputs))
        for stream in inputs:
            self._readers[stream.name].append(node)
        self._made.append((node, tuple(stream.name for stream in inputs), made.name))
        return made

    def keep(self, wanted: Collection[str]) -> None:
        """Stop working for anything but the streams called ``wanted``.

        What they say stays the same; every other stream falls silent unless one of them
        is read from it.
        """
        needed = set(wanted)
        for node, inputs, output in reversed(self._made):
            if output in needed:
                needed.update(inputs)
                continue
            for name in inputs:
                self._readers[name] = [n for n in self._readers[name] if n is not node]

    def push(self, chunk: Chunk) -> Iterator[Chunk]:
        """Yield ``chunk`` and everything that follows from it, depth first."""
        yield chunk
        for node in self._readers[chunk.stream.name]:
            made = node.process(chunk)
            if made is not None:
                yield from self.push(made)

    def _declare(self, stream: Stream) -> Stream:
        if stream.name in self._readers:
            raise GraphError("is made twice", where=stream.name, hint="rename one")
        self._readers[stream.name] = []
        self._streams[stream.name] = stream
        return stream
