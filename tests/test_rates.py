"""Rates: what they rest on, and what holds of them whatever was tried."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rates import Rate, Trials, hundredths, rate

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


@given(_shares, st.integers(0, 10), st.integers(0, 10), st.integers(2, 6))
def test_more_trials_at_the_same_good_rate_never_rank_lower(
    estimate: float, worked: int, failed: int, times: int
):
    # Below the estimate more trials are more failures, which must not raise a rank.
    if worked < estimate * (worked + failed):
        return
    few = rate(estimate, Trials(worked, worked + failed))
    many = rate(estimate, Trials(worked * times, (worked + failed) * times))
    assert many.low >= few.low - 1e-8


@given(_shares)
def test_one_success_never_ranks_above_twenty(estimate: float):
    assert rate(estimate, Trials(1, 1)).low < rate(estimate, Trials(20, 20)).low
    assert rate(estimate, Trials(0, 20)).low <= rate(estimate, Trials(0, 1)).low


@given(_shares, st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30), st.randoms())
def test_the_order_of_trials_does_not_matter(
    estimate: float, tried: list[tuple[bool, bool]], random: Random
):
    def of(trials: list[tuple[bool, bool]]) -> Rate:
        reproduced, reported = (
            Trials(sum(worked for kind, worked in trials if kind is is_reported), number)
            for is_reported in (False, True)
            for number in [sum(kind is is_reported for kind, _ in trials)]
        )
        return rate(estimate, reproduced, reported)

    shuffled = [*tried]
    random.shuffle(shuffled)
    assert of(shuffled) == of(tried)


@pytest.mark.parametrize(("share", "shown"), [(0, 0), (1, 100), (0.999, 99), (0.001, 1), (0.5, 50)])
def test_only_certainty_is_printed_as_such(share: float, shown: int):
    assert hundredths(share) == shown
