"""Sends an LSL stream: drawn signals, a recording, or sample numbers that betray every loss.

    python tools/lsl_outlet.py --type ECG --rate 500 --signal heart
    python tools/lsl_outlet.py --type ECG --file recording.csv --column ecg

Needs pylsl. It prints "ready" when the stream is there, and for each second what it sent.
"""

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pylsl

from engine.clock import SystemClock
from engine.streams import F64

Signal = Callable[[F64], F64]


def main() -> int:
    """Send until the time is over or somebody ends the program."""
    args = _arguments()
    clock = SystemClock()
    info = _info(args)
    outlet = pylsl.StreamOutlet(info, chunk_size=0, max_buffered=20)
    signal, rate = _signal(args)
    rng = np.random.default_rng(args.seed)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    begun, sent, silent = clock.now(), 0, 0.0
    while args.seconds is None or clock.now() - begun < args.seconds:
        clock.wait(args.every)
        now = clock.now() - begun
        due = int(now * rate) + 1
        if due <= sent or args.silent_from <= now < args.silent_to:
            silent = now
            continue
        n = np.arange(sent, due)
        at = n.astype(np.float64) * (1.0 if args.signal == "count" else 1.0 / rate)
        values = np.repeat(signal(at), args.channels)
        late = pylsl.local_clock() - clock.now() + begun
        stamp = late + (due - 1) / rate + abs(rng.normal(0.0, args.jitter))
        if args.words:
            outlet.push_sample(["a word"] * args.channels, stamp)
        elif args.rate:
            outlet.push_chunk(values.reshape(len(n), args.channels).tolist(), stamp + args.ahead)
        else:
            for k, row in zip(n, values.reshape(len(n), args.channels), strict=True):
                outlet.push_sample(row.tolist(), late + k / rate + args.ahead)
        sent = due
    sys.stdout.write(f"sent {sent}, silent until {silent:.1f}\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--name", default="anlan-test")
    parser.add_argument("--type", default="ECG")
    parser.add_argument("--source-id", default="")
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--labels", default="", help="comma separated")
    parser.add_argument("--unit", default="")
    parser.add_argument("--rate", type=float, default=500.0, help="0 announces an irregular one")
    parser.add_argument("--signal", choices=["heart", "count", "sine"], default="heart")
    parser.add_argument("--file", type=Path, help="a recording to play")
    parser.add_argument("--column", default="ecg")
    parser.add_argument("--every", type=float, default=0.01, help="seconds between two pushes")
    parser.add_argument("--jitter", type=float, default=0.0, help="s, by which stamps are late")
    parser.add_argument("--ahead", type=float, default=0.0, help="s, added to every stamp")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--silent-from", type=float, default=math.inf)
    parser.add_argument("--silent-to", type=float, default=math.inf)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--words", action="store_true", help="a stream of words")
    return parser.parse_args()


def _info(args: argparse.Namespace) -> pylsl.StreamInfo:
    form = "string" if args.words else "double64"
    info = pylsl.StreamInfo(
        args.name, args.type, args.channels, args.rate, form, args.source_id
    )  # fmt: skip
    labels = args.labels.split(",") if args.labels else [""] * args.channels
    described = info.desc().append_child("channels")
    for label in labels:
        channel = described.append_child("channel")
        channel.append_child_value("label", label)
        channel.append_child_value("unit", args.unit)
    return info


def _signal(args: argparse.Namespace) -> tuple[Signal, float]:
    """Return the signal as a function of seconds (``count``: of sample numbers), and its rate."""
    rate = args.rate or 2.0
    if args.file is not None:
        from engine.store.recording import read_recording  # noqa: PLC0415 - takes a while

        track = next(t for t in read_recording(args.file).tracks if t.stream.name == args.column)
        x = np.asarray(track.x[:, 0])
        played = track.stream.rate or rate
        return lambda t: x[(t * played).astype(np.int64) % len(x)], rate
    if args.signal == "count":
        return lambda n: n, rate
    if args.signal == "sine":
        return lambda t: np.sin(2.0 * np.pi * t), rate
    return drawn_heart, rate


def drawn_heart(t: F64) -> F64:
    """Return a drawn ECG in mV, 60 to 72 beats a minute with the breath."""
    beats = 1.1 * t + 0.16 * np.sin(2.0 * np.pi * 0.1 * t)
    phase = beats - np.floor(beats)
    wave: F64 = np.zeros_like(t)
    for at, height, width in (
        (0.30, 0.12, 0.025), (0.465, -0.12, 0.008), (0.50, 1.2, 0.008),
        (0.535, -0.25, 0.010), (0.75, 0.30, 0.045),
    ):  # fmt: skip
        wave += height * np.exp(-0.5 * ((phase - at) / width) ** 2)
    return wave


if __name__ == "__main__":
    sys.exit(main())
