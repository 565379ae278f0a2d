"""Every sentence our code can tell somebody of a fault, read from the code itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ERRORS = {
    "AnlanError", "ConfigError", "RecordingError", "DriverError", "LinkError", "SoundError",
}  # fmt: skip
PASSED_ON = {"tell": (1, 2), "file_fault": (2, 3), "_alone": (2, 3)}
"""Functions that make a fault of their arguments: which are the sentence, and the remedy."""
SHOWN = (
    "cli", "config", "runtime", "session", "store", "report", "analysis", "twin", "devices",
    "plugins.py", "sound/vibroacoustic.py", "sound/output.py", "processes/once.py",
)  # fmt: skip
"""Where faults come from that an officer, a counselor or an operator is shown."""
DECLARATIONS = {"declaration.py", "declared_output.py", "declared_stream.py"}
"""Where what a driver declares is judged: each sentence is yielded."""
VENDORS = {
    "devices/driven.py", "devices/reading.py", "devices/keeper.py", "devices/live.py",
    "devices/manager.py", "devices/governor.py", "twin/feed.py",
}  # fmt: skip
"""Faults of a vendor's code, told in the words of its language (engine/decisions/0083)."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence with stand-ins for what differs, and where it is."""

    text: str
    place: str


def told() -> Iterator[tuple[Told, Told | None]]:
    """Yield each fault's sentence and its remedy, where neither has a Chinese text beside it."""
    engine = ROOT / "engine"
    for name in SHOWN:
        path = engine / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.relative_to(engine).as_posix() not in VENDORS:
                yield from _in_file(file)


def _in_file(file: Path) -> Iterator[tuple[Told, Told | None]]:
    tree = ast.parse(file.read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    if file.name in DECLARATIONS:
        for said in (n for n in ast.walk(tree) if isinstance(n, ast.Yield)):
            for text in _texts(said.value, None) if said.value is not None else ():
                yield Told(text, f"{file.relative_to(ROOT)}:{said.lineno}"), None
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        words = {k.arg: k.value for k in call.keywords}
        if file.stem == "installed" and name == "tell":
            continue
        if name in ERRORS and call.args and "zh" not in words:
            what, hint = call.args[0], words.get("hint")
        elif name in PASSED_ON and len(call.args) > PASSED_ON[name][0]:
            at = PASSED_ON[name]
            if len(call.args) > at[1] + 1:  # the Chinese follows
                continue
            what, hint = call.args[at[0]], call.args[at[1]] if len(call.args) > at[1] else None
        else:
            continue
        around = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
        scope = max(around, key=lambda f: f.lineno) if around else None
        place = f"{file.relative_to(ROOT)}:{call.lineno}"
        hints = list(_texts(hint, scope)) if hint is not None else []
        for text in _texts(what, scope):
            yield Told(text, place), None
        for text in hints:
            if text:
                yield Told(text, place), Told(text, place)


def _texts(node: ast.expr, scope: ast.FunctionDef | None) -> Iterator[str]:
    """Yield what an expression may say; nothing where only running it would tell."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            said = [p.value if isinstance(p, ast.Constant) else _stand_in(p) for p in parts]
            yield "".join(map(str, said))
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, scope)
            yield from _texts(other, scope)
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            rights = list(_texts(right, scope)) or ["x"]
            for text in _texts(left, scope):
                yield from (text + end for end in rights)
        case ast.Name(id=name) if scope is not None:
            for assigned in (n for n in ast.walk(scope) if isinstance(n, ast.Assign)):
                targets = assigned.targets
                if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                    yield from _texts(assigned.value, scope)
        case _:
            return


def _stand_in(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue) and part.conversion == ord("r"):
        return "'x'"
    spec = part.format_spec if isinstance(part, ast.FormattedValue) else None
    return "7" if spec is not None else "x"
