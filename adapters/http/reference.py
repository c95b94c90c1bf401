"""The reference page at /docs: the OpenAPI document as plain HTML, without a script from anywhere."""

from __future__ import annotations

from html import escape
from typing import Any

STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem}details{border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem;
margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0}
"""


def page(document: dict[str, Any]) -> str:
    """The whole reference as one page."""
    parts = [
        f"<h1>{escape(document['info']['title'])} API</h1><p>{escape(document['info'].get('description', ''))}</p>"
    ]
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["Other"])[0]
            by_tag.setdefault(tag, []).append(_operation(method, path, operation, document))
    for tag, operations in by_tag.items():
        parts.append(f"<h2>{escape(tag)}</h2>{''.join(operations)}")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Concord API</title><style>{STYLE}</style><main>{''.join(parts)}</main></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}</td>"
        f"<td>{escape(p.get('description', ''))}</td></tr>"
        for p in operation.get("parameters", [])
    )
    rows += "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>body</td><td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in _body_fields(operation, document).items()
    )
    answers = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(answer.get('description', ''))}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    title = f"<code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}"
    return (
        f"<details><summary>{title}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p><table>{rows}</table><table>{answers}</table></details>"
    )


def _body_fields(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for option in [schema, *schema.get("anyOf", [])]:
        name = option.get("$ref", "").rsplit("/", 1)[-1]
        if name:
            fields: dict[str, Any] = document["components"]["schemas"][name].get("properties", {})
            return fields
    return {}
