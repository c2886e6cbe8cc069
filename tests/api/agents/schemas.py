"""Holds answers, one a line, against the schemas of the Universal Commerce Protocol.

Usage: schemas.py SCHEMAS ANSWERS, where SCHEMAS is `source/schemas` of the protocol's repository. Needs `jsonschema`.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

HOME = "https://ucp.dev/schemas/"
SCHEMAS = {
    "search": "shopping/catalog_search.json#/$defs/search_response",
    "lookup": "shopping/catalog_lookup.json#/$defs/lookup_response",
    "product": "shopping/catalog_lookup.json#/$defs/get_product_response",
    "error": "common/types/error_response.json",
    "profile": "profile.json#/$defs/business_schema",
}


def main(schemas: str, answers: str) -> int:
    found = [json.loads(path.read_text()) for path in pathlib.Path(schemas).rglob("*.json")]
    registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in found if "$id" in schema
    )
    validators = {
        name: Draft202012Validator(
            {"$ref": HOME + address},
            registry=registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        for name, address in SCHEMAS.items()
    }
    checked = faults = 0
    with open(answers, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            answer = line["answer"]
            is_error = answer.get("ucp", {}).get("status") == "error"
            validator = validators["error" if is_error else line["operation"]]
            checked += 1
            for error in validator.iter_errors(answer):
                faults += 1
                if faults <= 10:
                    print(f"catalogue {line['seed']}, {line['operation']}: {error.json_path}: {error.message[:300]}")
    print(f"{checked} answers checked, {faults} faults")
    return 1 if faults or not checked else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
