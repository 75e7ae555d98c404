"""The OpenAPI description of the server's paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rollgrade import __version__
from rollgrade.server.forms.form import Form, obj

_REFUSALS = {
    "400": "The body is not JSON.",
    "413": "The body, or the batch, is larger than the server takes.",
    "415": "The body is not declared as JSON.",
    "422": "The payload is not of this form, or a row lacks what a rule needs; `error` names the row and the field.",
}
_NO_TOKEN = "No token, or not the right one."


def document(forms: Sequence[Form], needs_token: bool) -> dict[str, Any]:
    """OpenAPI 3.1, as plain data."""
    health = obj(
        {"status": {"const": "ok"}, "version": {"type": "string"}, "rubric_hash": {"type": "string"}}
        | {name: {"type": "integer"} for name in ("requests", "completions", "in_flight")},
        ["status", "version", "rubric_hash"],
    )
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "rollgrade",
            "version": __version__,
            "description": "Grades rollouts of a summarisation task by one rubric.",
        },
        "paths": {form.path: {"post": _operation(form, needs_token)} for form in forms},
    }
    described["paths"]["/health"] = {
        "get": {
            "summary": "Whether the server is up, and by which rubric it grades",
            "operationId": "health",
            "security": [],
            "responses": {"200": _response("Up.", health)},
        }
    }
    if needs_token:
        schemes = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "password": {"type": "http", "scheme": "basic"},
        }
        described["components"] = {"securitySchemes": schemes}
        described["security"] = [{name: []} for name in schemes]
    return described


def _operation(form: Form, needs_token: bool) -> dict[str, Any]:
    refusal = obj({"error": {"type": "string"}}, ["error"])
    refusals = _REFUSALS | ({"401": _NO_TOKEN} if needs_token else {})
    return {
        "summary": form.summary,
        "description": form.description,
        "operationId": form.path.strip("/"),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": form.request, "example": form.example}},
        },
        "responses": {"200": _response("Graded.", form.reply)}
        | {status: _response(why, refusal) for status, why in sorted(refusals.items())},
    }


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
