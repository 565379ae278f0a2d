"""Wiring of signal processing: from device streams to the signals of `engine.signals`."""

from engine.graph.graph import Graph, Node

__all__ = ["Graph", "Node"]
