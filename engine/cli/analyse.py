"""`anlan analyse`: the five-minute seated test on any recording."""

import sys
from functools import partial
from pathlib import Path

import click

from engine.analysis import analyse, to_text
from engine.analysis.peaks import read_peak_times, with_beats
from engine.cli.essentials import essentials, remarks
from engine.cli.language import LANG, spoken
from engine.cli.progress import Bar
from engine.cli.results import spare, write
from engine.store.recording import read_recording

BESIDE = Path("-")
"""Stands for a report whose place was not named, and for printed JSON."""
PAGES = frozenset({".html", ".htm"})
LONG, LARGE = 1800.0, 10_000_000
"""s of recording, and bytes of a file, from which progress is told to who watches."""


@click.command("analyse", short_help="Analyse any recording: the five-minute seated test.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--json", "as_json", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False),
    help="Write all results as JSON; - prints them.",
)  # fmt: skip
@click.option(
    "--report", metavar="[OUT.html]", is_flag=False, flag_value=BESIDE,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a report for people: one HTML file, Chinese and English; beside FILE if no place "
    "is named.",
)  # fmt: skip
@click.option(
    "--peak-times", metavar="BEATS", type=click.Path(path_type=Path, dir_okay=False),
    help="Take the heart's beats from this file (a time in seconds a line), not from a waveform.",
)  # fmt: skip
@click.option("--window", default=60.0, show_default=True, help="Length of the windows, s.")
@click.option("--step", type=float, help="From one window to the next, s; the window if left out.")
@LANG
def command(
    file: Path | None, as_json: Path | None, report: Path | None, peak_times: Path | None,
    window: float, step: float | None, lang: str | None,
) -> int:  # fmt: skip
    """Analyse FILE: heartbeats, heart rate variability, skin conductance, breathing.

    \b
    FILE is any of
      .csv .tsv .txt     columns such as ecg[mV], 心电[mV], ppg, rr[ms], eda[uS], resp, temp[degC],
                         with a column t or a first line # rate=250
      .txt .rr .ibi      R-R intervals, one a line, in ms or s
      .csv .hrm          R-R intervals of Polar Flow and older Polar watches
      .edf .bdf          EDF, EDF+, BDF
      .hea .dat          WFDB (PhysioNet)
      .xdf               Lab Streaming Layer
      .zip or a folder   an Empatica E4 download, or one of its files
      .txt .csv          exports of Polar Sensor Logger (ECG, RR or light)
      .mcap or a folder  a session of ours
    Text may also be packed (.csv.gz), in any usual encoding, with ; and decimal commas.

    The recording goes through the same engine as a live session, so the numbers agree with
    what was on the screen. What cannot be told is left out and the reason given; a number
    that is there can be trusted as far as its quality says.

    \b
    For the seated test: sit five minutes, feet on the floor, without speaking or moving.
      anlan analyse rest.csv --report
      anlan analyse polar_rr.txt --json rest.json
      anlan analyse rest.csv --peak-times beats.txt --json -

    Ends with 0 if the recording could be analysed, however poor it is; read good_enough in
    the JSON, or the first lines printed, for that. Ends with 1 if the file is unusable or a
    result cannot be written, with 2 where results would take a recording's place.
    """
    given = file or peak_times
    if report is not None and report != BESIDE and report.suffix.lower() not in PAGES:
        # Perhaps the recording itself, named after a bare --report: never write over it.
        raise click.UsageError(f"a report is a .html file, not {report.name}; FILE comes first")
    if given is None:
        raise click.UsageError("give a recording, or beat times with --peak-times")
    speaks = spoken(lang)
    spare((file, peak_times), as_json, "--json")
    with Bar("analysing") as bar:
        # Short recordings are done before anyone could read a word.
        watched = sys.stderr.isatty()
        if watched and file is not None and _size(file) >= LARGE:
            bar.share("reading", 0.0)
        recording = read_recording(file) if file is not None else None
        if peak_times is not None:
            recording = with_beats(recording, read_peak_times(peak_times))
        assert recording is not None  # noqa: S101 - one of the two was given
        long = watched and recording.duration >= LONG
        told = partial(bar.share, "analysing") if long else None
        analysis = analyse(recording, window=window, step=step, progress=told)
    printed = as_json == BESIDE
    if as_json is not None:
        write(None if printed else as_json, to_text(analysis))
    if report is not None:
        from engine.analysis.page import render  # noqa: PLC0415 - only a report needs it

        place = _beside(given) if report == BESIDE else report
        write(place, render(analysis, lang or "zh"))
        click.echo(f"wrote {place}", err=True)
    if not printed:
        write(None, essentials(analysis, speaks))
        click.echo(remarks(analysis, speaks), nl=False, err=True)
    return 0


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # what is wrong with it is told when it is read


def _beside(recording: Path) -> Path:
    """Return where the report of ``recording`` goes if no place is named."""
    if recording.is_dir():
        return recording / "analysis.html"
    return recording.with_name(recording.name.removesuffix(".gz")).with_suffix(".html")
