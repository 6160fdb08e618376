"""What all answers share: their language, texts with their freshness, an entry in short."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.catalogue.results import Card

Language = Literal["en", "zh"]


class Answer(BaseModel):
    """The base of all answers."""

    model_config = ConfigDict(frozen=True)


class TextAnswer(Answer):
    """A text with its language; `stale` when its translation lags behind the English shown."""

    text: str
    language: Language
    stale: bool = False


class EntrySummary(Answer):
    """An entry in a list."""

    id: str
    url: str
    title: str
    message: str
    summary: str
    code: str | None
    category: str
    severity: str
    status: str
    symptom: bool
    changed: str
    language: Language

    @classmethod
    def of(cls, card: Card, base_url: str) -> "EntrySummary":
        """The summary of a card, with the address of its page."""
        prefix = "" if card.language == "en" else f"/{card.language}"
        return cls(url=f"{base_url}{prefix}/{card.id}", **vars(card))
