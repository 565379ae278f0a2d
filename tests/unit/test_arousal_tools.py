"""The tools that measure arousal say what they lack, and count what they find."""

from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from tools import arousal_figures, arousal_law
from tools.arousal_law import Found, together
from tools.arousal_missing import Loss, compared


@pytest.mark.parametrize("tool", [arousal_law.main, arousal_figures.main])
def test_a_folder_without_the_recordings_is_told_with_what_it_lacks(
    tool: click.Command, tmp_path: Path
) -> None:
    answer = CliRunner().invoke(tool, ["--recordings", str(tmp_path)])

    assert answer.exit_code == 1
    assert str(tmp_path) in answer.output
    assert "stress_predict/S02.npz" in answer.output
    assert "--recordings" in answer.output


def test_a_distance_is_told_in_the_doubt_of_the_one_that_hears_less() -> None:
    full = np.array([[1.0, 0.5], [2.0, 0.5], [np.nan, 0.5], [0.0, 0.5]])
    less = np.array([[1.5, 2.0], [0.0, 1.0], [1.0, 1.0], [np.nan, 1.0]])

    loss = compared((0,), 7, full, less)

    assert loss.apart.tolist() == [0.25, 2.0]
    assert loss.furthest == 2.0


def test_what_was_found_in_several_people_is_counted_together() -> None:
    one, other = Found(), Found()
    one.add(Loss((0,), 0, np.array([0.2, 1.5]), np.array([1.0, 1.0])))
    other.add(Loss((1,), 0, np.array([0.5]), np.array([2.0])))

    both = together([{"hr": one}, {"hr": other}])["hr"]

    assert (both.furthest, both.times, both.within, both.seconds) == (1.5, 2, 2, 3)
