"""What a client prefers, from `Accept` and `Accept-Language`, by RFC 9110 section 12.5."""

from collections.abc import Sequence


def _weights(header: str) -> list[tuple[str, float]]:
    found = []
    for item in header.split(","):
        name, _, parameters = item.strip().partition(";")
        quality = 1.0
        for parameter in parameters.split(";"):
            key, _, value = parameter.strip().partition("=")
            if key == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if name:
            found.append((name.strip().lower(), quality))
    return found


def preferred_media_type(accept: str, offered: Sequence[str]) -> str:
    """The offered media type that the client likes best; the first one if it does not mind.

    `offered` is in our order of preference, which breaks ties. A type that is
    named exactly beats one that only `*/*` admits.
    """
    weights = _weights(accept) or [("*/*", 1.0)]

    def liking(media_type: str) -> float:
        for pattern in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
            for name, quality in weights:
                if name == pattern:
                    return quality
        return 0.0

    best = max(offered, key=liking)
    return best if liking(best) > 0 else offered[0]


def preferred_language(accept_language: str, offered: Sequence[str]) -> str:
    """The offered language that the client likes best; the first one if it names none of them."""
    likings = [
        (quality, -position, code)
        for position, (tag, quality) in enumerate(_weights(accept_language))
        for code in offered
        if tag == code or tag.startswith(f"{code}-")
    ]
    wanted = [liking for liking in likings if liking[0] > 0]
    return max(wanted)[2] if wanted else offered[0]
