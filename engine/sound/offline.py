"""The sound of a session that runs in virtual time: rendered complete, as fast as it goes."""

from collections.abc import Iterator

import numpy as np

from engine.errors import SoundError
from engine.show import FIXED
from engine.sound.loudness import Meter
from engine.sound.mixer import Mixer
from engine.sound.voice import BLOCK, RATE
from engine.sound.wav import WavFile
from engine.streams import F64

_TIME, _VOLUME = FIXED.index("time"), FIXED.index("volume")
_TURN = 47  # blocks between two breaths of air for the caller: 0.25 s of sound


class OfflineRender:
    """Renders rows of the show into a file.

    Levels and volume run straight from one row to the next; everything else (scene,
    pace, pause) is a row's own from its time on.

    Parameters
    ----------
    mixer
        What renders.
    wav
        Where to; None renders for the figures only.
    """

    def __init__(self, mixer: Mixer, wav: WavFile | None) -> None:
        self._mixer, self._wav = mixer, wav
        self._meter = Meter()
        self._out = np.zeros((2, BLOCK))
        self._rows: list[F64] = []
        self._row = np.zeros(0)
        self._next = 0  # index of the row after the one now shown
        self._frame: int | None = None

    @property
    def seconds(self) -> float:
        """Session time up to which sound has been rendered."""
        return 0.0 if self._frame is None else self._frame / RATE

    @property
    def meter(self) -> Meter:
        """What has been measured of the sound so far."""
        return self._meter

    def take(self, rows: F64) -> None:
        """Take the next moments, ``(n, width)``, in the order of their times."""
        for row in rows:
            if self._rows and row[_TIME] < self._rows[-1][_TIME]:
                raise SoundError(
                    f"rows go back in time, from {self._rows[-1][_TIME]} to {row[_TIME]}",
                    where="offline sound",
                    hint="send the rows of one session in order",
                )
            self._rows.append(np.array(row, dtype=np.float64))

    def advance(self) -> Iterator[float]:
        """Render up to the last row taken, yielding the time reached now and then."""
        while self._rows and self._due():
            for _ in range(_TURN):
                if not self._due():
                    break
                self._block()
            yield self.seconds

    def finish(self) -> None:
        """Fade out after the last row."""
        self._mixer.closing = True
        while self._rows and not self._mixer.silent:
            self._block()
        # What the limiter still holds back.
        if self._rows:
            self._block()

    def _due(self) -> bool:
        return (self._begin() + BLOCK) / RATE <= float(self._rows[-1][_TIME])

    def _begin(self) -> int:
        """Return the frame the next block begins at."""
        if self._frame is None:
            self._frame = max(round(float(self._rows[0][_TIME]) * RATE), 0)
            self._row = self._rows[0].copy()
        return self._frame

    def _block(self) -> None:
        frame = self._begin()
        t = frame / RATE
        rows = self._rows
        while self._next < len(rows) and rows[self._next][_TIME] <= t:
            self._next += 1
        if self._next > 2:  # what lies behind us is not needed again
            del rows[: self._next - 2]
            self._next = 2
        shown = rows[max(self._next - 1, 0)]
        self._row[:] = shown
        if 0 < self._next < len(rows):
            coming = rows[self._next]
            share = (t - shown[_TIME]) / (coming[_TIME] - shown[_TIME])
            for i in (_VOLUME, *range(len(FIXED), shown.size)):
                if np.isfinite(coming[i]) and np.isfinite(shown[i]):
                    self._row[i] += share * (coming[i] - shown[i])
        self._mixer.render(self._out, t, self._row)
        self._meter.feed(self._out)
        if self._wav is not None:
            self._wav.write(self._out, frame)
        self._frame = frame + BLOCK
