"""The bench against other libraries: it must be as hard on us as on them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from engine.clock import VirtualClock
from engine.streams import F64
from tests.skin_truth import skin
from tests.synthetic_heart import ecg
from tools.bench_peers import main
from tools.peers.attempts import Failure, Failures
from tools.peers.beat_score import agreement, lag_and_jitter, nearest, pairs
from tools.peers.breath import Breathing, drawn, true_rate
from tools.peers.cost import costs
from tools.peers.heart_accuracy import accuracies, counts
from tools.peers.heart_live import Watched, delay, watch
from tools.peers.heart_peers import HeartPeer
from tools.peers.heart_records import Heart
from tools.peers.intervals import near, ours, untouched
from tools.peers.page import BEGIN, END, PARTS, blocks, page, written
from tools.peers.results import Results
from tools.peers.skin import better, finer
from tools.peers.steps import Steps

README = Path(__file__).parents[2] / "engine" / "dsp" / "README.md"
TRUTH = np.arange(1.0, 40.0, 0.8)


def heart(rate: float = 250.0, lasts: float = 20.0) -> Heart:
    made = ecg(rate, lasts, seed=1)
    return Heart("drawn", rate, made.x, made.r)


def live(reports: Callable[[float], F64], *, keeps: bool = False) -> tuple[Watched, Heart]:
    known = Heart("drawn", 250.0, np.zeros(10000), TRUTH)
    return Watched([(k / 4, reports(k / 4)) for k in range(160)]), known


def test_everything_found_and_nothing_else_is_perfect_agreement() -> None:
    told = agreement(TRUTH, TRUTH + 0.01, 0.05)

    assert told.f1 == told.sensitivity == told.predictive == 1.0


def test_a_missed_beat_costs_sensitivity_and_a_made_up_one_predictive_value() -> None:
    missed = agreement(TRUTH, TRUTH[1:], 0.05)
    made_up = agreement(TRUTH, np.sort(np.append(TRUTH, 1.4)), 0.05)

    assert missed.sensitivity == pytest.approx(1 - 1 / TRUTH.size)
    assert missed.predictive == 1.0
    assert made_up.sensitivity == 1.0
    assert made_up.predictive == pytest.approx(TRUTH.size / (TRUTH.size + 1))


def test_two_reports_of_one_beat_count_as_one_and_one_made_up() -> None:
    i, j = pairs(np.array([1.0, 2.0]), np.array([0.99, 1.02, 2.0]), 0.15)

    assert i.tolist() == [0, 1]
    assert j.tolist() == [0, 2]


def test_nothing_found_scores_zero_and_nothing_to_find_scores_one() -> None:
    none = np.zeros(0)

    assert agreement(TRUTH, none, 0.1).f1 == 0.0
    assert agreement(none, none, 0.1).f1 == 1.0
    assert pairs(none, TRUTH, 0.1)[0].size == 0


def test_nearest_is_the_nearest() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.uniform(0, 9, 40), np.sort(rng.uniform(0, 9, 30))

    assert nearest(a, b).tolist() == np.abs(a[:, None] - b[None, :]).argmin(axis=1).tolist()


def test_a_constant_lag_is_no_jitter() -> None:
    lag, jitter = lag_and_jitter(TRUTH, TRUTH + 0.04, 0.15)

    assert lag == pytest.approx(0.04)
    assert jitter == pytest.approx(0.0, abs=1e-12)


def test_a_failing_peer_is_told_and_the_others_go_on() -> None:
    def broken(_x: F64, _rate: float) -> F64:
        raise ValueError("no", "beats")

    told = Failures()
    peers = [HeartPeer("broken", "x", broken), HeartPeer("blind", "x", lambda _x, _r: TRUTH[:0])]

    rows = accuracies([heart()], peers, told, Steps(VirtualClock(), silent=True))

    assert [row.name for row in rows] == ["anlan", "blind"]
    assert [row.f1 for row in rows] == [1.0, 0.0]
    assert told.told() == [(Failure("broken", "drawn", "ValueError: no beats"), 1)]


def test_ratios_are_against_ours_of_the_same_run() -> None:
    rows = costs({"anlan": [1e-5, 3e-5, 2e-5], "slow": [4e-3], "never": []}, "anlan")

    assert [row.name for row in rows] == ["anlan", "slow"]
    assert [row.times for row in rows] == pytest.approx([1.0, 200.0])


def test_a_beat_that_a_later_run_loses_is_not_settled() -> None:
    def flickering(now: float) -> F64:
        seen = TRUTH[now >= TRUTH]
        return seen if round(4 * now) % 4 else seen[:-1]

    steady, known = live(lambda now: TRUTH[now >= TRUTH])
    unsteady, _ = live(flickering)

    sure = delay("steady", known, steady, 0.25, 40.0, keeps=False)
    wavering = delay("wavering", known, unsteady, 0.25, 40.0, keeps=False)

    assert sure.first_ms < 250.0
    assert sure.settled_p95_ms == pytest.approx(sure.first_p95_ms)
    assert sure.made_up == sure.lost == 0.0
    assert wavering.settled_p95_ms > sure.settled_p95_ms


def test_a_place_without_a_beat_that_one_run_told_of_counts_once() -> None:
    def wrong_once(now: float) -> F64:
        seen = TRUTH[now >= TRUTH]
        return np.sort(np.append(seen, 20.6)) if 21.0 <= now <= 22.0 else seen

    watched, known = live(wrong_once)

    told = delay("wrong", known, watched, 0.25, 40.0, keeps=False)

    assert told.made_up == pytest.approx(60.0 / 26.0)


def test_ours_live_tells_every_beat_once_and_never_takes_one_back() -> None:
    drawn_heart = heart(lasts=24.0)
    told = Failures()

    watched = watch(drawn_heart, [], told, Steps(VirtualClock(), silent=True), hop=0.25, until=24.0)
    row = delay("anlan", drawn_heart, watched["anlan"], 0.25, 24.0, keeps=True)

    assert row.made_up == row.lost == 0.0
    assert 110.0 < row.first_ms < 400.0
    assert row.moved_ms < 1.0
    assert len(watched["anlan"].seconds) == 56


def test_peers_of_the_skin_get_the_better_of_onsets_and_peaks() -> None:
    true = skin(8.0, 6, 0.005, 1)

    by_peaks = better(true, np.zeros(0), np.sort(true.peaks) * 8.0, 0.0, 8.0)

    assert by_peaks == 1.0
    assert finer(true).onsets is true.onsets


def test_intervals_without_artefacts_are_left_alone() -> None:
    rng = np.random.default_rng(2)
    beats = 1000.0 + np.cumsum(850.0 + 20.0 * rng.standard_normal(300))

    repaired, plain = ours(beats), untouched(beats)

    assert repaired.flagged_ms.size <= 2
    assert repaired.rmssd_ms == pytest.approx(plain.rmssd_ms, rel=0.03)
    assert near(beats, beats[::2], 1.0).tolist() == [True, False] * 150


def test_drawn_breathing_has_the_rate_it_is_said_to_have() -> None:
    even: Breathing = drawn(quick=True)[0]

    assert true_rate(even.onsets, 100.0) == pytest.approx(6.0, rel=0.1)
    assert np.isnan(true_rate(even.onsets, 5.0))


def test_a_part_is_renewed_between_the_markers_and_nothing_else_changes() -> None:
    text = f"# Before\n{BEGIN}\n<!-- peers:skin -->\nold\n\n{END}\nafter\n"

    both = written(text, {"heart": "beats\n"})
    new = written(both, {"skin": "new\n"})

    assert both.index("beats") < both.index("old")
    assert new == (
        f"# Before\n{BEGIN}\n<!-- peers:heart -->\nbeats\n\n<!-- peers:skin -->\nnew\n\n"
        f"{END}\nafter\n"
    )
    assert written(new, {"skin": "new\n"}) == new


@pytest.mark.parametrize("text", ["no marker", BEGIN, f"{END} {BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_its_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        written(text, {})


def test_a_part_that_was_not_run_is_left_out_and_failures_are_counted_together() -> None:
    results = Results(quick=True)
    results.failures["skin"] = [
        (Failure("peer", "first", "IndexError: bad | row"), 2),
        (Failure("peer", "second", "IndexError: bad | row"), 3),
    ]

    told = page(results)

    assert list(blocks(results)) == ["skin"]
    assert "Beats found" not in told
    assert "| peer | 5 | first | IndexError: bad / row |" in told
    assert json.loads(json.dumps(results.as_json()))["quick"] is True


def test_a_peer_that_is_not_installed_is_named() -> None:
    results = Results(quick=True, absent=["cvxopt (GPL)"])
    results.failures["heart"] = ()

    assert "Not installed, so not run: cvxopt (GPL)." in page(results)


def test_sensitivity_counts_from_five_minutes_on() -> None:
    truth = np.arange(1.0, 900.0)
    found = np.concatenate((truth[(truth > 200.0) & (truth != 500.0)], [700.5]))

    told = counts(truth, np.sort(found), 900.0)

    assert (told.found, told.missed, told.made_up) == (599, 1, 1)


def test_steps_tell_how_long_it_took() -> None:
    clock = VirtualClock()
    steps = Steps(clock, silent=True)
    clock.wait(2.0)
    steps.step("one")

    assert (steps.taken, steps.seconds) == (1, 2.0)


def test_the_page_of_signal_processing_has_its_place_for_the_tables() -> None:
    text = README.read_text(encoding="utf-8")

    assert written(text, {}) == text
    assert all(f"<!-- peers:{part} -->" in text for part in PARTS)


def test_the_program_on_the_page_of_signal_processing_finds_beats() -> None:
    program = README.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    made = ecg(130.0, 20.0)
    seen: list[float] = []
    names = {"ecg": made.x, "t": made.t, "note": seen.append}

    exec(program.replace("...", "note(row[at.TIME])"), names)  # noqa: S102

    assert len(seen) >= np.sum(made.r > 4.0)
    assert agreement(made.r, np.array(seen), 0.01).predictive == 1.0


def test_the_bench_says_where_it_looked_for_recordings(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["--recordings", str(tmp_path)])

    assert told.exit_code == 1
    assert f"no recordings at {tmp_path}" in told.output
