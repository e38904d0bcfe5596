"""The OpenAPI document. Bodies are read by our own strict reader, so their schemas are put in here by hand of code."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.jsonbody import Body

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "field": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}},
            },
        },
    },
}
_REFUSED = {
    "description": "Refused; `code` says why",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_bodies: dict[str, type[Body]] = {}


def takes(model: type[Body]) -> dict[str, Any]:
    """`openapi_extra` of a POST that takes *model*."""
    _bodies[model.__name__] = model
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        "parameters": [_KEY],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
    }


def takes_form(fields: dict[str, Any], needed: Iterable[str]) -> dict[str, Any]:
    """`openapi_extra` of a POST that takes a multipart form with these fields (JSON schemas)."""
    schema = {"type": "object", "properties": fields, "required": list(needed), "additionalProperties": False}
    return {
        "parameters": [_KEY],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}},
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once and kept on *app*."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title="Pulang", version=app.version, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    for name, model in sorted(_bodies.items()):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="validation")
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _REFUSED
    app.openapi_schema = document
    return document
