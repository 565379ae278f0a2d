import os
from typing import Any

import numpy as np
import pytest

from drivers.lsl_channels import Channel, Outlet, Wanted, guessed, kind_at
from drivers.lsl_inlet import LslInlet
from drivers.lsl_network import library
from drivers.lsl_request import Request
from drivers.lsl_times import StampTimes
from engine.clock import VirtualClock
from engine.errors import ConfigError, LinkError
from engine.units import Kind, Unit


def outlet(*channels: Channel, type_: str = "", rate: float | None = 250.0) -> Outlet:
    return Outlet("amp", type_, channels, rate, source_id="7", host="lab")


def test_a_channels_own_type_says_more_than_its_label_and_that_more_than_the_streams() -> None:
    told = outlet(
        Channel("A1", kind="ECG"), Channel("GSR 2"), Channel("A3"), Channel("RESP1", kind="EDA"),
        type_="EEG",
    )  # fmt: skip

    assert [kind_at(told, n) for n in range(4)] == [Kind.ECG, Kind.EDA, Kind.EEG, Kind.EDA]


def test_an_amplifier_of_many_kinds_becomes_streams_of_one_kind_each() -> None:
    told = outlet(
        Channel("Fp1", "EEG", "microvolts"), Channel("Fp2", "EEG", "microvolts"),
        Channel("ECG", "ECG", "mV"), Channel("GSR", "EDA", "µS"), Channel("belt", "RESP", "V"),
        Channel("t1", "Temperature", "°C"), Channel("?", "Gaze", "px"),
    )  # fmt: skip

    made = {w.name: w.stream(250.0, 0.0) for w in guessed(told)}

    assert {n: (s.unit, s.axes) for n, s in made.items()} == {
        "eeg": (Unit.MILLIVOLT, ("Fp1", "Fp2")),
        "ecg": (Unit.MILLIVOLT, ("value",)),
        "eda": (Unit.MICROSIEMENS, ("value",)),
        "resp": (Unit.RAW, ("value",)),
        "skin_temp": (Unit.CELSIUS, ("value",)),
    }


def test_several_leads_of_one_heart_are_streams_of_their_own() -> None:
    leads = [Channel(f"lead {n}", "ECG", "uV") for n in ("I", "II")]

    assert [(w.name, w.take) for w in guessed(outlet(*leads))] == [
        ("ecg_1", ("lead I",)),
        ("ecg_2", ("lead II",)),
    ]


def test_channels_of_one_label_are_told_apart_by_their_numbers() -> None:
    (wanted,) = guessed(outlet(Channel("x", "EEG"), Channel("x", "EEG")))

    assert wanted.take == ("1", "2")
    assert wanted.columns(outlet(Channel("x", "EEG"), Channel("x", "EEG"))) == [0, 1]


def test_a_shape_needs_no_unit_and_conductance_does() -> None:
    (ecg,) = guessed(outlet(Channel("ECG")))

    assert ecg.ours is Unit.RAW
    assert ecg.factor(Channel("ECG", unit="counts")) == 1.0
    with pytest.raises(ConfigError, match="unit of its eda"):
        guessed(outlet(Channel("EDA", unit="counts")))


@pytest.mark.parametrize(
    ("kind", "unit", "factor"),
    [
        (Kind.ECG, "microvolts", 1e-3), (Kind.ECG, "µV", 1e-3), (Kind.ECG, "V", 1e3),
        (Kind.EDA, "nS", 1e-3), (Kind.ACC, "m/s^2", 1 / 9.80665), (Kind.RRI, "s", 1e3),
        (Kind.SKIN_TEMP, "°C", 1.0), (Kind.SPO2, "%", 1.0),
    ],
)  # fmt: skip
def test_units_become_ours(kind: Kind, unit: str, factor: float) -> None:
    assert Wanted("x", kind).factor(Channel(unit=unit)) == pytest.approx(factor)


def test_the_rig_says_the_unit_where_the_outlet_is_silent_or_wrong() -> None:
    assert Wanted("eda", Kind.EDA, unit="nS").factor(Channel("EDA", unit="?")) == 1e-3
    with pytest.raises(LinkError, match="in 'kohm'"):
        Wanted("eda", Kind.EDA).factor(Channel("EDA", unit="kohm"))


def test_nothing_known_and_words_are_refused() -> None:
    with pytest.raises(ConfigError, match="does not tell what it measures"):
        guessed(outlet(Channel("gaze x")))
    with pytest.raises(ConfigError, match="words"):
        guessed(Outlet("marks", "Markers", (Channel(),), None, text=True))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "which LSL stream"),
        ({"typ": "ECG"}, "did you mean 'type'"),
        ({"type": "ECG", "rate": -1}, "rate"),
        ({"type": "ECG", "times": "mine"}, "times"),
        ({"type": "ECG", "channels": {"gaze": {}}}, "of no kind"),
        ({"type": "ECG", "channels": {"ecg": {"label": "a"}}}, "knows no 'label'"),
        ({"type": "a'b\"c"}, "quotes"),
        ({"type": "ECG", "peers": "lab"}, "peers"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Request.of(options)


def test_a_rig_that_says_everything_needs_no_stream_to_begin() -> None:
    rig = {"stream": "amp", "rate": 250, "channels": {"ecg": {"take": 3, "unit": "uV"}}}

    assert LslInlet.look_up(rig) == rig
    (stream,) = LslInlet(rig).streams
    assert (stream.name, stream.kind, stream.unit, stream.rate) == (
        "ecg", Kind.ECG, Unit.MILLIVOLT, 250.0,
    )  # fmt: skip


def test_a_name_with_quotes_is_still_one_name() -> None:
    assert Request.of({"stream": "Anna's"}).predicate == 'name="Anna\'s"'


class Library:
    """Takes down what liblsl is told."""

    content = ""

    def set_config_content(self, content: str) -> None:
        self.content = content


@pytest.mark.parametrize(
    ("options", "scope"), [({}, True), ({"network": True}, False), ({"peers": ["b"]}, False)]
)
def test_other_computers_are_asked_only_if_the_rig_says_so(
    options: dict[str, Any], scope: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.import_module", lambda _name: Library())
    monkeypatch.delenv("LSLAPICFG", raising=False)

    content = library(Request.of({"type": "ECG", **options})).content

    assert ("ResolveScope = machine" in content) is scope
    assert ("KnownPeers = {b}" in content) is ("peers" in options)
    assert "LSLAPICFG" not in os.environ


def test_stamps_are_smoothed_where_there_is_a_rate_and_kept_where_there_is_none() -> None:
    clock, rng = VirtualClock(100.0), np.random.default_rng(1)
    regular = StampTimes(100.0, 0.02, clock, offset=90.0)
    irregular = StampTimes(None, 0.02, clock, offset=90.0)
    truth = 10.0 + np.arange(3000) / 100.0
    late = truth + np.abs(rng.normal(0.0, 0.004, truth.size))

    smooth = np.concatenate([regular.of(part) for part in np.split(late, 300)])
    kept = irregular.of(late[:5])

    assert np.std(smooth[1000:] - truth[1000:]) < 0.001
    assert np.allclose(kept, late[:5] + 90.0 - 0.02)
