"""The way to BrainFlow: its library, its boards by name, its errors in our words."""

import importlib
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.devices import ConfigError, UnreachableError

WORDS: Mapping[str, tuple[str, str, str]] = {
    "PORT_ALREADY_OPEN_ERROR": (
        "its port is in use", "close the program that holds it",
        "端口已被占用：请关闭占用它的程序",
    ),
    "UNABLE_TO_OPEN_PORT_ERROR": (
        "its port cannot be opened",
        "check the port's name, the cable, and that you may use it (group dialout)",
        "端口打不开：请检查端口名、连线和使用权限（dialout 组）",
    ),
    "BOARD_NOT_READY_ERROR": (
        "the board does not answer",
        "switch it on, charge it, bring it near, disconnect it from other programs",
        "采集板没有应答：请开机、充电、靠近，并断开其他程序的连接",
    ),
    "INITIAL_MSG_ERROR": (
        "the board answers something else", "check which board it is",
        "应答的不是这种采集板：请核对型号",
    ),
    "INVALID_ARGUMENTS_ERROR": (
        "the rig does not say what this board needs, or says it wrongly",
        "see BrainFlow's page on the board: serial_port, mac_address, ip_address, file ...",
        "rig 文件缺少这种采集板所需的参数，或参数有误：请查 BrainFlow 对该型号的说明",
    ),
    "UNSUPPORTED_BOARD_ERROR": (
        "BrainFlow cannot use this board here", "try another computer",
        "BrainFlow 在这台电脑上不支持该采集板",
    ),
    "ANOTHER_BOARD_IS_CREATED_ERROR": (
        "the board is already in use here", "one entry a board",
        "该采集板已在使用：rig 文件中每块板只写一次",
    ),
    "SYNC_TIMEOUT_ERROR": (
        "the board was not found in time",
        "switch it on, bring it near, or give it longer: timeout = 15",
        "限定时间内没有找到采集板：请开机、靠近，或写 timeout = 15",
    ),
}  # fmt: skip
"""By the name of BrainFlow's error: what it means, what to do, and both in Chinese."""
WARNINGS_UP = 3
"""BrainFlow's level of log from which on its words help."""


def library() -> Any:  # noqa: ANN401 - brainflow has no types
    """Return BrainFlow's module of boards, its own log silenced."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it asks setuptools for something outdated
            module: Any = importlib.import_module("brainflow.board_shim")
            module.BoardShim.disable_board_logger()
    except OSError as error:
        raise UnreachableError(
            f"BrainFlow's library cannot be loaded: {error}",
            hint="install it again: pip install --force-reinstall brainflow",
            zh="BrainFlow 的程序库无法载入：请重新安装",
        ) from error
    return module


def number_of(board: object, module: Any) -> int:  # noqa: ANN401
    """Return BrainFlow's number of a board: ``38``, ``"muse-2"`` and ``"MUSE_2_BOARD"`` are one."""
    known = {_plain(b.name): int(b.value) for b in module.BoardIds if b.name != "NO_BOARD"}
    if isinstance(board, int) and not isinstance(board, bool) and board in known.values():
        return board
    if isinstance(board, str) and _plain(board) in known:
        return known[_plain(board)]
    near = get_close_matches(_plain(str(board)), known, 1)
    raise ConfigError(
        f"BrainFlow knows no board {board!r}",
        where="board",
        hint=f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(known),
        zh=f"BrainFlow 没有名为 {board!r} 的板；"
        + (f"是否要写 {near[0]!r}？" if near else "可用：" + "、".join(known)),
    )


def described(board: int, module: Any) -> dict[int, dict[str, Any]]:  # noqa: ANN401
    """Return BrainFlow's description of a board, by preset."""
    shim = module.BoardShim
    with in_our_words():
        presets = sorted(shim.get_board_presets(board))
        return {int(p): dict(shim.get_board_descr(board, p)) for p in presets}


@contextmanager
def in_our_words(log: Path | None = None) -> Generator[None]:
    """Turn BrainFlow's errors into an `UnreachableError` with a remedy and the log's last words."""
    try:
        yield
    except Exception as error:
        if type(error).__name__ != "BrainFlowError":
            raise
        name = str(error).partition(":")[0]
        what, hint, zh = WORDS.get(
            name, (f"BrainFlow says {name}", "see BrainFlow's manual", f"BrainFlow 报告 {name}")
        )
        said = _last_words(log) if log is not None else ""
        reason = f"{what}: {said}" if said else what
        raise UnreachableError(reason, hint=hint, zh=zh) from error


@contextmanager
def overheard(module: Any) -> Generator[None]:  # noqa: ANN401
    """Do the same, and listen to BrainFlow's own log meanwhile, which knows more."""
    with TemporaryDirectory(prefix="anlan-brainflow-") as folder:
        log = Path(folder) / "log"
        module.BoardShim.set_log_level(WARNINGS_UP)
        module.BoardShim.set_log_file(str(log))
        try:
            with in_our_words(log):
                yield
        finally:
            module.BoardShim.disable_board_logger()


def _last_words(file: Path) -> str:
    """Return what the log said last, without its stamps."""
    with suppress(OSError):
        lines = [line for line in file.read_text("utf-8", "replace").splitlines() if "]" in line]
        if lines:
            return lines[-1].rpartition("] ")[2].strip().rstrip(".")
    return ""


def _plain(name: str) -> str:
    return name.casefold().replace("_", "-").removesuffix("-board").removesuffix("-file")
