"""The line told for a key is the line it stands on, whatever the file looks like."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from engine.config.lines import Key, lines_of

names = st.text("abcdefgh-_0123", min_size=1, max_size=6)
texts = st.text(
    st.characters(codec="utf-8", exclude_characters='"\\\r', exclude_categories=["C"]),
    max_size=12,
)
scalars = st.one_of(
    st.integers(-99, 99).map(str),
    st.booleans().map(lambda b: str(b).lower()),
    texts.map(lambda s: f'"{s}"'),
    texts.filter(lambda s: "'" not in s).map(lambda s: f"'{s}'"),
    texts.map(lambda s: f'"""{s}\n[not.a.table]\nx = 1 # {s}"""'),
    st.just(r'"a \" quote ] } # = and more"'),
    st.just("1979-05-27T07:32:00Z"),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda v: "[ " + ",\n  # a ] comment\n".join(v) + " ]"),
        st.dictionaries(names, inner, max_size=3).map(
            lambda d: "{ " + ", ".join(f'"{k}" = {v}' for k, v in d.items()) + " }"
        ),
    ),
    max_leaves=6,
)
tables = st.dictionaries(names, values, min_size=1, max_size=4)


def keys_of(value: object, at: Key = ()) -> set[Key]:
    found = {at} if at else set()
    if isinstance(value, dict):
        for name, inner in value.items():
            found |= keys_of(inner, (*at, name))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            found |= keys_of(inner, (*at, i))
    return found


@given(tables, st.lists(tables, max_size=3))
def test_every_key_has_a_line_and_stands_there(
    top: dict[str, str], items: list[dict[str, str]]
) -> None:
    text = "".join(f"{k} = {v}\n" for k, v in top.items())
    for item in items:
        text += "\n[[list.of-tables]] # one more\n"
        text += "".join(f"  '{k}' = {v}\n" for k, v in item.items())
    if "list" in top:
        return
    content = tomllib.loads(text)

    lines = lines_of(text)

    assert keys_of(content) - {("list",)} <= set(lines)
    rows = text.split("\n")
    for key, line in lines.items():
        if isinstance(key[-1], str) and key[-1] != "of-tables":
            assert key[-1] in rows[line - 1]
