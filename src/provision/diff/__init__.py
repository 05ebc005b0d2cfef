"""What differs between two bodies, said as a person would say it: by panel, query, rule and field. Pure.

Doors: `diff_definitions` and `diff_resources` compare two sets, `diff_bodies` two bodies of one kind;
`title_of` names a body and `title_of_action` what an action is about, `changed_parts` cuts two long texts down to where they differ, `words` writes a value
in short. No change is lost: equal bytes give no change, and unequal bytes at least one. No change holds a secret.
"""

from provision.diff.bodies import diff_bodies
from provision.diff.matched import diff_definitions, diff_resources
from provision.diff.texts import Part, changed_parts
from provision.diff.titles import title_of, title_of_action
from provision.diff.words import words

__all__ = [
    "Part",
    "changed_parts",
    "diff_bodies",
    "diff_definitions",
    "diff_resources",
    "title_of",
    "title_of_action",
    "words",
]
