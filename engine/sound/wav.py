"""The sound of a session as a WAV file that can be read even if we are killed while writing."""

import os
import struct
from pathlib import Path

import numpy as np

from engine.errors import SoundError
from engine.sound.voice import RATE
from engine.streams import F64

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_FRAME = 4  # bytes: two channels of 16 bit
_LIMIT = 0xFFFFFFFF - _HEADER.size
_SECOND = RATE * _FRAME


class WavFile:
    """A 16-bit stereo file in time with the session: frame ``n`` is heard at ``n / RATE`` s.

    An existing file is continued: what is missing in between is silence, because
    a recording that hides its gaps would put every later sound at the wrong moment.

    Parameters
    ----------
    path
        The file.
    seed
        Seed of the dither, so that the same sound gives the same file.
    """

    def __init__(self, path: Path, *, seed: int) -> None:
        self.path = path
        self._dither = np.random.default_rng(seed)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        except OSError as error:
            raise SoundError(
                f"cannot be written: {error.strerror}",
                where=str(path),
                hint="choose another folder, or free the file",
            ) from error
        size = self._file.seek(0, os.SEEK_END)
        self._bytes = max(size - _HEADER.size, 0) // _FRAME * _FRAME
        # A frame torn by a kill would sound in what is silence from here on.
        self._file.truncate(_HEADER.size + self._bytes if size >= _HEADER.size else 0)
        self._told = -1
        self._state()

    @property
    def frames(self) -> int:
        """How many frames the file holds."""
        return self._bytes // _FRAME

    @property
    def full(self) -> bool:
        """Whether the format can hold no more (6.2 hours)."""
        return self._bytes >= _LIMIT - _SECOND

    def write(self, x: F64, at: int) -> None:
        """Write ``x``, ``(2, n)``, full scale 1, to be heard from frame ``at`` on.

        What lies before the end of the file has been heard and stays; a gap
        becomes silence. A full file takes nothing more.
        """
        x = x[:, max(self.frames - at, 0) :]
        at = max(at, self.frames)
        if x.shape[1] == 0 or (at + x.shape[1]) * _FRAME > _LIMIT:
            return
        # Triangular dither of one step: rounding stays noise, however quiet the sea.
        noise = self._dither.random((2, 2, x.shape[1]))
        steps = np.rint(x * 32767.0 + noise[0] - noise[1])
        frames = np.clip(steps, -32768.0, 32767.0).astype("<i2")
        # Seeking past the end leaves zeros: silence without writing it.
        self._file.seek(_HEADER.size + at * _FRAME)
        self._file.write(frames.T.tobytes())
        self._bytes = at * _FRAME + x.shape[1] * _FRAME
        if self._bytes - self._told >= _SECOND:
            self._state()

    def close(self) -> None:
        """State the final length and let go of the file."""
        if not self._file.closed:
            self._state()
            self._file.close()

    def _state(self) -> None:
        """Write the header for what is there now."""
        n = self._bytes
        self._file.seek(0)
        self._file.write(
            _HEADER.pack(
                b"RIFF", n + _HEADER.size - 8, b"WAVE", b"fmt ", 16, 1, 2, RATE,
                _SECOND, _FRAME, 16, b"data", n,
            )
        )  # fmt: skip
        self._told = n
