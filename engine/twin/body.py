"""One simulated body: it lives on as time goes by, and shows what it does."""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.pace import Pace
from engine.streams import F64
from engine.twin import slots as s
from engine.twin.chance import chance
from engine.twin.life import live
from engine.twin.person import MEDIAN, Person

GUIDED_FROM = 0.05
"""A guide fainter than this is not followed."""

KEPT_ROWS = 6 * s.STEPS_PER_SECOND
KEPT_BEATS = 24
"""What stays at hand after an `advance`, so that waveforms can be drawn across it."""

SUDS_MIDDLE, SUDS_WIDTH = 0.45, 0.30


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What the body did between two moments.

    Attributes
    ----------
    t : (n,) float64
        Seconds, every 0.05 s.
    volume_l, arousal, pressure_mmhg, eda_us, scl_us, skin_temp_c : (n,) float64
        Lung volume about its middle, inner arousal (0 neutral, 1 full stress), deviation of
        blood pressure, skin conductance with and without responses, skin temperature.
    rr_ms, breath_rate, breath_phase, pulse : (n,) float64
        Interval the heart is set to, breaths a minute, place in the breath (0 begins
        the breath in, < 1), size of the finger's pulse (1 at neutral).
    beat_t, beat_rr : (m,) float64
        R peaks and the interval before each, s.
    beat_ectopic : (m,) bool
        Whether the beat is a ventricular one.
    scr_t, scr_us : (k,) float64
        When skin responses began, and their size.
    """

    t: F64
    volume_l: F64
    arousal: F64
    pressure_mmhg: F64
    eda_us: F64
    scl_us: F64
    skin_temp_c: F64
    rr_ms: F64
    breath_rate: F64
    breath_phase: F64
    pulse: F64
    beat_t: F64
    beat_rr: F64
    beat_ectopic: np.ndarray[tuple[int], np.dtype[np.bool_]]
    scr_t: F64
    scr_us: F64


class Body:
    """A person made of equations, alive from time 0.0.

    All randomness is inside and comes from ``seed``. For the same surroundings the
    result does not depend, to the last bit, on how the time is cut into calls. The same
    seed under other surroundings is the same hour: what differs is their doing.

    Parameters
    ----------
    person
        Whose body it is.
    seed
        Which of that person's possible hours this is, zero or more.
    hard_day
        Stress the person brings along, 0..1; wears off in a quarter of an hour.
    """

    def __init__(self, person: Person = MEDIAN, seed: int = 0, *, hard_day: float = 0.0) -> None:
        self.person = person
        self._person = person.vector()
        self._chance = np.stack([chance(seed, 1, organ) for organ in range(s.GENERATORS)])
        self._ring = np.zeros(s.RING)
        self._world = np.zeros(s.WORLD)
        self._state = self._newborn(seed, hard_day)
        self._steps = 0
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self.rows: F64 = np.zeros((1, s.ROW))
        """What the body did lately, ``(n, ROW)`` of `engine.twin.slots`."""
        self.first_row = 0
        """Number of ``rows[0]``; row ``k`` is the body at ``0.05 k`` s."""
        self.beats: F64 = np.zeros((0, s.BEAT))
        """The beats of that time and some before, ``(m, BEAT)``."""
        live(self._person, self._state.copy(), self._ring.copy(), self._world,
             self._chance.copy(), self.rows, np.zeros((1, s.BEAT)))  # fmt: skip

    def _newborn(self, seed: int, hard_day: float) -> F64:
        """Return the state at time 0.0, ``(SLOTS,)``."""
        rng = np.random.default_rng([seed, 2])
        p, state = self.person, np.zeros(s.SLOTS)
        x = p.arousal + hard_day * p.stress_gain
        state[[s.AROUSAL, s.FELT_BY_HEART, s.FELT]] = x
        state[s.SLOW_AROUSAL] = p.arousal
        state[s.HARD_DAY] = hard_day
        state[s.STRESS] = hard_day * p.stress_gain
        state[s.RATE_FACTOR] = state[s.DEPTH_FACTOR] = state[s.FOLLOWS] = 1.0
        state[s.RATE] = p.breath_rate
        state[s.DEPTH] = state[s.DEPTH_NOW] = 0.45
        state[s.INHALE] = p.inspiration_share
        state[s.PHASE] = rng.uniform(0.0, 2.0 * math.pi)
        state[s.VERY_SLOW_1 : s.VERY_SLOW_4 + 1] = 0.5 * rng.standard_normal(4)
        state[s.CYCLE] = rng.uniform()
        state[s.LAST_BEAT] = np.nan
        state[s.SWEAT] = math.exp(p.scl_gain * max(x, -1.0))
        state[s.SKIN_TEMP] = p.skin_temp_c - p.skin_temp_drop_c * max(x, -0.6)
        state[s.PULSE] = math.exp(-0.9 * max(x, -1.0))
        return state

    @property
    def time(self) -> float:
        """How far the body has lived, s."""
        return self._steps * s.STEP

    @property
    def arousal(self) -> float:
        """Inner arousal now: 0 neutral, 1 full stress."""
        return float(self._state[s.AROUSAL])

    def startle(self, at: float, strength: float = 0.3) -> None:
        """Let a single stressor come at time ``at``: 0.3 is a minor one, 0.6 a major one."""

        def come() -> None:
            state, p = self._state, self.person
            fresh = 1.0 - state[s.EVENT_HABIT]
            state[s.EVENT_SLOW] += strength * p.stress_gain * fresh
            state[s.EVENT_HABIT] += p.habituation * strength * fresh
            state[s.SCR_DUE] = 2.0

        self._plan(at, come)

    def ectopic(self, at: float) -> None:
        """Let a ventricular beat break in at the first chance after time ``at``."""

        def come() -> None:
            self._state[s.ECTOPIC_DUE] = 1.0

        self._plan(at, come)

    def _plan(self, at: float, come: Callable[[], None]) -> None:
        step = max(math.ceil(at / s.STEP - 1e-6), self._steps)
        heapq.heappush(self._agenda, (step, len(self._agenda), come))

    def advance(
        self,
        until: float,
        pace: Pace | None = None,
        *,
        calm: float = 0.0,
        sound_calm: float = 0.0,
        motion: float = 0.0,
        stress: float = 0.0,
    ) -> Stretch:
        """Live on to time ``until`` and return what happened.

        Whole steps of 0.05 s only; the rest waits for the next call.

        Parameters
        ----------
        until
            Seconds; a time already lived returns an empty stretch.
        pace
            The guided breath; followed when its ``guide`` is above 0.05.
        calm, sound_calm
            How quiet what is seen and heard is, 0..1; 0 also when there is nothing.
        motion
            How much what is seen moves, 0..1: brings motion sickness in time.
        stress
            A task or threat that lasts, 0..1.
        """
        pace = Pace() if pace is None else pace
        self._world[:] = (
            pace.start, pace.rate, pace.ratio, float(pace.guide > GUIDED_FROM),
            calm, sound_calm, motion, stress,
        )  # fmt: skip
        start = self._steps
        n = max(math.floor(until / s.STEP + 1e-6) - start, 0)
        kept = min(len(self.rows), KEPT_ROWS)
        rows = np.empty((kept + n, s.ROW))
        rows[:kept] = self.rows[len(self.rows) - kept :]
        beats = np.empty((4 + int(n * s.STEP / 0.3), s.BEAT))
        found = 0
        while self._steps < start + n:
            while self._agenda and self._agenda[0][0] <= self._steps:
                heapq.heappop(self._agenda)[2]()
            stop = min(self._agenda[0][0], start + n) if self._agenda else start + n
            part = rows[kept + self._steps - start : kept + stop - start]
            live(self._person, self._state, self._ring, self._world, self._chance,
                 part, beats[found:])  # fmt: skip
            found += int(self._state[s.BEATS])
            self._steps = stop
        self.rows = rows
        self.first_row = self._steps + 1 - len(rows)
        self.beats = np.concatenate([self.beats[-KEPT_BEATS:], beats[:found]])
        return self._stretch(rows[kept:], beats[:found], start)

    def _stretch(self, rows: F64, beats: F64, start: int) -> Stretch:
        t: F64 = np.arange(start + 1, start + 1 + len(rows), dtype=np.float64) * s.STEP
        began = np.flatnonzero(rows[:, s.ROW_SCR])
        return Stretch(
            t=t,
            volume_l=rows[:, s.ROW_VOLUME],
            arousal=rows[:, s.ROW_AROUSAL],
            pressure_mmhg=rows[:, s.ROW_PRESSURE],
            eda_us=rows[:, s.ROW_EDA],
            scl_us=rows[:, s.ROW_SCL],
            skin_temp_c=rows[:, s.ROW_SKIN_TEMP],
            rr_ms=rows[:, s.ROW_RR],
            breath_rate=rows[:, s.ROW_RATE],
            breath_phase=rows[:, s.ROW_PHASE],
            pulse=rows[:, s.ROW_PULSE],
            beat_t=beats[:, s.BEAT_TIME].copy(),
            beat_rr=beats[:, s.BEAT_RR].copy(),
            beat_ectopic=beats[:, s.BEAT_KIND] > 0.5,
            scr_t=t[began] - s.STEP,
            scr_us=rows[began, s.ROW_SCR],
        )

    def suds(self) -> int:
        """Return how tense the person would say they feel: 0..100, in steps of five.

        An assumed S-shaped map of inner arousal over the last half minute.
        """
        felt = float(self._state[s.FELT])
        told = 100.0 / (1.0 + math.exp(-(felt - SUDS_MIDDLE) / SUDS_WIDTH))
        return 5 * round(told / 5.0)

    def fms(self) -> int:
        """Return how motion-sick the person would say they feel: 0..20."""
        return min(round(20.0 * float(self._state[s.NAUSEA])), 20)
