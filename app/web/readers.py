"""Who a request comes from, as far as it matters for reports."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException

from app.errors import OutcomesUnavailable
from app.outcomes.voice import Reader
from app.web.contexts import Said
from app.web.site import Site


def reader_of(request: Request, name: str | None = None) -> Reader:
    """The reader of a page, or the user of a program that has a name for them."""
    address = request.client.host if request.client else ""
    return Reader(address, request.headers.get("user-agent", "")[:300], name)


def reporting_reader(request: Request, name: str | None = None) -> Reader:
    """Who reports. Raises 403 when the request was sent from the page of another site."""
    headers = request.headers
    from_elsewhere = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    if origin := headers.get("origin"):
        ours = {headers.get("host", ""), urlsplit(str(request.base_url)).netloc}
        ours.add(urlsplit(request.app.state.site.settings.base_url).netloc)
        # A browser sends `null` where it hides where it comes from.
        from_elsewhere = urlsplit(origin).netloc not in ours - {""}
    if from_elsewhere:
        raise HTTPException(403, "Reports are taken from our own pages and from programs only.")
    return reader_of(request, name)


def just_said(request: Request, site: Site, entry_id: str) -> Said | None:
    """What stands of the report whose form led here; the address alone claims nothing."""
    remedy = request.query_params.get("reported", "")
    if not remedy or site.live is None:
        return None
    try:
        return Said(remedy, site.live.outcomes.said(entry_id, remedy[:80], reader_of(request)))
    except OutcomesUnavailable:
        return None
