"""How often a remedy works, and how we know: trials and an estimate to one rate.

Pure arithmetic. Reproductions and readers' outcomes are trials that count one
each; the author's estimate weighs as little as two of them. Together they give
a Beta posterior, whose lower bound orders the remedies.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

ESTIMATE_WEIGHT: Final = 2.0
"""Trials that an author's estimate counts as."""

_NEUTRAL: Final = 0.5
"""What is assumed of a remedy nobody has tried or estimated."""

_JEFFREYS: Final = 0.5
"""Added to both sides, so that an estimate of 0 or 1 still gives a proper distribution."""

INTERVAL: Final = 0.9


@dataclass(frozen=True)
class Trials:
    """`worked` of `total` attempts."""

    worked: int = 0
    total: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.worked <= self.total:
            raise ValueError(f"{self.worked} of {self.total} trials cannot have worked")


@dataclass(frozen=True)
class Rate:
    """A success rate with all that it rests on.

    `mean`, `low` and `high` are shares in 0..1; `low` to `high` is the central
    90 % interval of the posterior.
    """

    mean: float
    low: float
    high: float
    reproduced: Trials
    reported: Trials
    estimate: float | None

    @property
    def trials(self) -> Trials:
        """Reproductions and reports together."""
        return Trials(
            self.reproduced.worked + self.reported.worked,
            self.reproduced.total + self.reported.total,
        )


def hundredths(share: float) -> int:
    """A share (0..1) in per cent. Only certainty is 0 or 100."""
    nearest = round(share * 100)
    return nearest if share in (0, 1) else min(max(nearest, 1), 99)


@lru_cache(maxsize=10_000)
def rate(
    estimate: float | None, reproduced: Trials | None = None, reported: Trials | None = None
) -> Rate:
    """The posterior of an estimate (0..1 or None) and what was tried."""
    reproduced, reported = reproduced or Trials(), reported or Trials()
    expected = _NEUTRAL if estimate is None else estimate
    worked = reproduced.worked + reported.worked
    failed = reproduced.total + reported.total - worked
    a = _JEFFREYS + ESTIMATE_WEIGHT * expected + worked
    b = _JEFFREYS + ESTIMATE_WEIGHT * (1 - expected) + failed
    tail = (1 - INTERVAL) / 2
    return Rate(
        a / (a + b),
        _quantile(a, b, tail),
        _quantile(a, b, 1 - tail),
        reproduced,
        reported,
        estimate,
    )


def _quantile(a: float, b: float, probability: float) -> float:
    """Where the Beta(a, b) distribution function reaches `probability`, to 1e-9, by bisection."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if _distribution(a, b, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _distribution(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b).

    Source: continued fraction 8.17.22 of the NIST Digital Library of
    Mathematical Functions, which converges fast for x below the mean.
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - _distribution(b, a, 1 - x)
    if x <= 0:
        return 0.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_front += a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a / _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """1 + d1/(1 + d2/(1 + …)), from the innermost term outwards; 200 terms are plenty."""
    value = 1.0
    for step in range(200, 0, -1):
        half, odd = divmod(step, 2)
        if odd:
            d = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            d = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        value = 1.0 + d / value
    return value
