"""The forms in which `provision check` prints what it found; light to import, since they are choices of an option."""

from typing import Final

FORMATS: Final = {
    "text": "findings",
    "json": "findings_json",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
}
"""The module of this room that prints each form: its function `printed` takes a `Checked` and returns text."""
