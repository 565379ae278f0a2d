from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.devices.framing import Framing, Lines, Packets


def checked(packet: bytes) -> bool:
    return sum(packet[:-1]) & 0xFF == packet[-1]


FRAMINGS: list[Framing] = [
    Lines(b"\n", longest=5),
    Lines(b"\r\n", longest=8),
    Lines(b"aab", longest=6),
    Packets(b"a", 3),
    Packets(b"ab", 4),
    Packets(b"aab", 3),
    Packets(b"ab", 5, checked),
]
Wire = st.lists(st.binary(max_size=12) | st.text("ab\r\n", max_size=12).map(str.encode))


def frames(framing: Framing, pieces: Sequence[bytes]) -> tuple[list[bytes], int]:
    framer = framing.framer()
    return [f for piece in pieces for f in framer.feed(piece)], framer.refused


@given(framing=st.sampled_from(FRAMINGS), pieces=Wire)
def test_frames_do_not_depend_on_how_the_wire_cut_the_bytes(
    framing: Framing, pieces: list[bytes]
) -> None:
    whole = b"".join(pieces)

    in_pieces = frames(framing, pieces)

    assert in_pieces == frames(framing, [whole])
    assert in_pieces == frames(framing, [whole[i : i + 1] for i in range(len(whole))])


@given(st.lists(st.binary(min_size=1, max_size=8).filter(lambda b: b"\n" not in b)))
def test_lines_come_out_as_they_went_in(lines: list[bytes]) -> None:
    wire = b"".join(line + b"\n" for line in lines)

    assert frames(Lines(b"\n", longest=8), [wire]) == (lines, 0)


@given(noise=st.binary(max_size=40), payloads=st.lists(st.binary(min_size=3, max_size=3)))
def test_checked_packets_are_found_again_after_any_noise(
    noise: bytes, payloads: list[bytes]
) -> None:
    packets = [b"ab" + p + bytes([sum(b"ab" + p) & 0xFF]) for p in payloads]
    found, _ = frames(Packets(b"ab", 6, checked), [noise + b"".join(packets)])

    # Noise can by chance look like a packet that reaches into the first ones.
    assert found[-max(len(packets) - 2, 0) :] == packets[2:] or found == packets


def test_a_line_without_end_is_dropped_and_the_next_one_kept() -> None:
    assert frames(Lines(b"\n", longest=4), [b"x" * 50, b"\nok\n"]) == ([b"ok"], 1)


def test_memory_for_noise_is_bounded() -> None:
    lines, packets = Lines(b"\n", longest=8).framer(), Packets(b"ab", 6).framer()
    for _ in range(1000):
        assert not list(lines.feed(b"x" * 100))
        assert not list(packets.feed(b"x" * 100))

    assert len(getattr(lines, "kept", b"")) <= 9
    assert len(getattr(packets, "kept", b"")) <= 1
