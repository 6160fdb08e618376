"""The API's reference as a page of ours, made from the OpenAPI document without script."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.web.contexts import Operation, ReferencePage
from app.web.languages import SITE_LANGUAGES
from app.web.pages import TheSite

router = APIRouter(include_in_schema=False)


def reference(request: Request, site: TheSite) -> Response:
    """Every operation with its parameters and answers."""
    document = request.app.openapi()
    operations = [
        _operation(path, method, details)
        for path, methods in document["paths"].items()
        for method, details in methods.items()
    ]
    return site.page(request, "docs.html", ReferencePage(operations))


for _each in SITE_LANGUAGES:
    router.add_api_route(f"{_each.prefix}/docs", reference, methods=["GET"])


def _operation(path: str, method: str, details: dict[str, Any]) -> Operation:
    return Operation(
        method.upper(),
        path,
        details["summary"],
        details.get("description", ""),
        [
            (
                one["name"],
                one["in"],
                one.get("required", False),
                _kind(one["schema"]),
                one.get("description", ""),
            )
            for one in details.get("parameters", ())
        ],
        [(status, answer["description"]) for status, answer in details["responses"].items()],
    )


def _kind(schema: dict[str, Any]) -> str:
    """The type of a parameter in a few words."""
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return str(schema.get("type", "any"))
