"""The counts as pages use them: read in the background, so that no page waits for the database."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.errors import OutcomesUnavailable
from app.outcomes.store import Counts, Outcomes
from app.rates import Trials

EVERY_S: Final = 5.0
"""How late the reports of another replica may come to a page."""

_NONE: Final[Mapping[str, Trials]] = {}
log = logging.getLogger("wayout")


@dataclass(frozen=True, eq=False)
class Reported:
    """What readers had reported at one time. Pages made from it are out of date with it.

    `problem` says why the database could not be read since.
    """

    counts: Counts = field(default_factory=dict)
    problem: str | None = None

    @property
    def total(self) -> int:
        """How many reports there are."""
        return sum(trials.total for one in self.counts.values() for trials in one.values())

    def of(self, entry: str) -> Mapping[str, Trials]:
        """Trials by remedy."""
        return self.counts.get(entry, _NONE)


NOTHING_REPORTED: Final = Reported()


class LiveOutcomes:
    """Hands out what was reported as it was read last, and keeps reading it."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.outcomes = outcomes
        self.reported = NOTHING_REPORTED
        self._stop = threading.Event()

    def refresh(self) -> None:
        """Read the counts. Those read before stay in use when that fails."""
        try:
            counts, problem = self.outcomes.counts(), None
        except OutcomesUnavailable as error:
            counts, problem = self.reported.counts, error.why
        if (counts, problem) == (self.reported.counts, self.reported.problem):
            return
        if problem and problem != self.reported.problem:
            log.warning("outcomes are unavailable: %s", problem)
        self.reported = Reported(counts, problem)

    def start(self) -> None:
        """Keep reading in a thread of its own until `stop`."""
        self._stop.clear()
        threading.Thread(target=self._keep_reading, name="outcomes", daemon=True).start()

    def stop(self) -> None:
        """End the thread, and give the connections back."""
        self._stop.set()
        self.outcomes.database.close()

    def _keep_reading(self) -> None:
        while True:
            self.refresh()
            if self._stop.wait(EVERY_S):
                return
