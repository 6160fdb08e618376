"""Rates: what they rest on, and what holds of them whatever was tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rates import Trials, rate

_shares = st.floats(0, 1)
_counts = st.integers(0, 60)


def test_an_estimate_alone_weighs_as_two_trials():
    guess = rate(0.9)
    assert guess.mean == pytest.approx((0.5 + 1.8) / 3)
    assert (guess.trials.worked, guess.trials.total) == (0, 0)


def test_quantiles_agree_with_known_values():
    # 4.5 and 1.5: checked against scipy.stats.beta.ppf.
    found = rate(None, Trials(3, 3))
    assert found.low == pytest.approx(0.437155389, abs=1e-8)
    assert found.high == pytest.approx(0.963552732, abs=1e-8)


def test_more_worked_than_tried_is_refused():
    with pytest.raises(ValueError, match="3 of 2 trials cannot have worked"):
        Trials(3, 2)


@given(_shares, _counts, _counts)
def test_the_interval_holds_the_mean(estimate: float, worked: int, failed: int):
    found = rate(estimate, Trials(worked, worked + failed))
    assert 0 <= found.low <= found.high <= 1
    assert found.low - 1e-6 <= found.mean or worked == 0


@given(_shares, _counts, _counts)
def test_a_failure_never_raises_and_a_success_never_lowers(
    estimate: float, worked: int, failed: int
):
    before = rate(estimate, Trials(worked, worked + failed))
    failure = rate(estimate, Trials(worked, worked + failed + 1))
    success = rate(estimate, Trials(worked + 1, worked + failed + 1))
    assert failure.low <= before.low + 1e-8
    assert success.low >= before.low - 1e-8


@given(_shares, _counts, _counts)
def test_reports_and_reproductions_count_alike(estimate: float, worked: int, failed: int):
    trials = Trials(worked, worked + failed)
    assert rate(estimate, trials).low == rate(estimate, None, trials).low
