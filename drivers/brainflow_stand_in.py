"""A board for the bench: BrainFlow's synthetic one, sent over loopback by BrainFlow itself."""

from collections.abc import Mapping
from typing import Any

from drivers.brainflow_library import library

GROUP, PORT = "225.1.1.1", 6677
"""Where a board that is streamed is heard: a multicast group."""


class BrainFlowStandIn:
    """A synthetic board that streams; the source listens as to any streamed board."""

    def __init__(self) -> None:
        self.options: Mapping[str, Any] = {
            "board": "streaming",
            "recorded_with": "synthetic",
            "ip_address": GROUP,
            "ip_port": PORT,
            "channels": {"ecg": 1},
        }
        module = library()
        self._board: Any = module.BoardShim(-1, module.BrainFlowInputParams())
        self._board.prepare_session()
        self._sends = False
        self.silence(silent=False)

    def turn(self, now: float) -> None:
        """Do nothing: BrainFlow sends by itself."""

    def silence(self, *, silent: bool) -> None:
        """Stop sending, or go on."""
        if silent and self._sends:
            self._board.stop_stream()
        elif not silent and not self._sends:
            self._board.start_stream(1000, f"streaming_board://{GROUP}:{PORT}")
        self._sends = not silent

    def pull(self, *, out: bool) -> None:
        """Go silent, which is all that a board out of reach does."""
        self.silence(silent=out)

    def close(self) -> None:
        """Release the board."""
        self.silence(silent=True)
        self._board.release_session()
