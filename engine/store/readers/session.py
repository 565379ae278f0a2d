"""Reads one of our own sessions as a recording: what the devices measured."""

from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.left_out import LeftOut
from engine.store.session_file import SessionFile
from engine.store.track import Recording, Track, finish
from engine.streams import Stream


def read_session(path: Path) -> Recording:
    """Return the devices' streams of the session at ``path``."""
    session = SessionFile.open(path)
    names = [s.name.rpartition(".")[2] for s in session.header.streams]
    tracks: list[Track] = []
    ignored: list[str] = []
    for stream in session.header.streams:
        bare = stream.name.rpartition(".")[2]
        name = bare if names.count(bare) == 1 else stream.name.replace(".", "_")
        t, x = session.series(stream.name)
        # A driver restarted in mid-session may tell a moment twice; keep what is new.
        new = np.ones(len(t), dtype=np.bool_)
        new[1:] = t[1:] > np.maximum.accumulate(t)[:-1]
        t, x = t[new], x[new]
        if len(t) < 2 or not np.any(np.isfinite(x)):
            ignored.append(LeftOut(f"{stream.name!r} has no samples", f"“{stream.name}”没有数据"))
            continue
        own = Stream(name, stream.kind, stream.unit, stream.rate, 0.0, stream.axes)
        tracks.append(Track(own, t, x))
    ignored += [
        LeftOut(f"damaged: {damage}", f"损坏：{damage}", damage=True) for damage in session.damage
    ]
    if not (session.complete or session.recovered):
        ignored.append(
            LeftOut(
                f"not closed: nothing after {session.duration:.1f} s is in the file",
                f"记录没有正常结束：文件中没有 {session.duration:.1f} 秒之后的内容", damage=True,
            )
        )  # fmt: skip
    if not session.header.streams:
        raise RecordingError(
            "was recorded without any sensor", where=str(path), zh="记录时没有接任何传感器"
        )
    return finish(path, tracks, ignored, ())
