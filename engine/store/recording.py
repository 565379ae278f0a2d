"""A recording of a person, whatever file it came from: streams and their samples."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from engine.errors import RecordingError
from engine.store.readers.edf import read_edf
from engine.store.readers.empatica import is_empatica, read_empatica
from engine.store.readers.polar_flow import read_hrm
from engine.store.readers.rr_text import read_rr_text
from engine.store.readers.session import read_session
from engine.store.readers.text import read_text
from engine.store.readers.wfdb import read_wfdb
from engine.store.readers.xdf import read_xdf
from engine.store.track import Recording, Track

__all__ = ["READERS", "Recording", "Track", "read_recording"]

READERS: dict[str, Callable[[Path], Recording]] = {
    ".csv": read_text,
    ".tsv": read_text,
    ".txt": read_text,
    ".rr": read_rr_text,
    ".ibi": read_rr_text,
    ".hrm": read_hrm,
    ".edf": read_edf,
    ".bdf": read_edf,
    ".hea": read_wfdb,
    ".dat": read_wfdb,
    ".xdf": read_xdf,
    ".zip": read_empatica,
    ".mcap": read_session,
}
SPREADSHEETS = frozenset({".xlsx", ".xls", ".ods", ".numbers"})


def read_recording(path: Path) -> Recording:
    """Read the recording at ``path``.

    CSV, R-R intervals as text (both also packed with gzip), exports of Polar Sensor Logger and
    Polar Flow, EDF(+), WFDB, XDF, an Empatica E4 folder or zip, or a session of ours (file or
    folder).

    Raises
    ------
    RecordingError
        When it is not there, not readable, or holds no usable signal.
    FaultyFileError
        When several things are wrong with it; all are told.
    """
    try:
        return _read(path)
    except OSError as error:
        what = f"cannot be read: {(error.strerror or str(error)).lower()}"
        hint = "ask whoever looks after this computer for the right to read it"
        raise RecordingError(
            what, where=str(path), hint=hint if isinstance(error, PermissionError) else "",
            zh="无法读取：没有权限，或磁盘有问题",
        ) from error  # fmt: skip


def _read(path: Path) -> Recording:
    if path.is_dir() and (path / "session.mcap").is_file():
        path = path / "session.mcap"
    if path.is_dir() and is_empatica(path):
        return read_empatica(path)
    if path.is_dir():
        what = "is a folder that holds no recording we read"
        hint, zh = _inside(path)
        raise RecordingError(
            what, where=str(path), hint=hint, zh=f"这个文件夹里没有可读的记录：{zh}"
        )
    packed = path.suffix.lower() == ".gz"
    reader = READERS.get(_suffix(path))
    if packed and path.exists() and reader not in {read_text, read_rr_text, read_hrm}:
        raise RecordingError(
            "is packed", where=str(path), hint="unpack it first", zh="是压缩文件，请先解压"
        )
    if reader is None and path.exists():
        known = ", ".join(sorted(READERS))
        what = f"is no kind of recording we read ({path.suffix or 'no extension'})"
        sheet = _suffix(path) in SPREADSHEETS
        hint = "save it as CSV first" if sheet else f"we read {known}"
        raise RecordingError(
            what,
            where=str(path),
            hint=hint,
            zh="不认得这种文件，请先另存为 CSV" if sheet else f"不认得这种文件，能读的有 {known}",
        )
    if not path.exists():
        raise RecordingError(
            "is not there", where=str(path), hint=_near(path), zh="没有这个文件，请检查路径和文件名"
        )
    if not path.is_file():
        what = "is no file but a pipe or a device"
        raise RecordingError(
            what,
            where=str(path),
            hint="save what comes from it as a file first",
            zh="不是文件，而是管道或设备：请先保存为文件",
        )
    if reader is None:  # pragma: no cover - told above
        raise RecordingError("is not readable", where=str(path))
    return reader(path)


def _inside(folder: Path) -> tuple[str, str]:
    """Return what to do with a folder that is none of a session or of an Empatica."""
    if (folder / "events.jsonl").is_file():
        told = "a session of ours needs its session.mcap beside events.jsonl"
        return told, "会话需要 events.jsonl 旁边的 session.mcap"
    there = sorted(p.name for p in folder.iterdir() if _suffix(p) in READERS)
    if there:
        names = ", ".join(there[:8])
        return f"give one of its files: {names}", f"请给出其中一个文件：{names}"
    if not any(folder.iterdir()):
        return "it is empty", "它是空的"
    return (
        "a session of ours holds session.mcap, an Empatica's BVP.csv, EDA.csv or ACC.csv",
        "会话里有 session.mcap，Empatica 里有 BVP.csv、EDA.csv 或 ACC.csv",
    )


def _suffix(path: Path) -> str:
    bare = path.stem if path.suffix.lower() == ".gz" else path.name
    return Path(bare).suffix.lower()


def _near(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    there = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in READERS)
    near = get_close_matches(path.name, there, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return "the folder holds " + (", ".join(there[:8]) if there else "no recordings")
