"""Rule files of one rule each, made of files of many: what is compared on them is compared rule by rule."""

from __future__ import annotations

from pathlib import Path

import yaml


def split(files: list[Path], into: Path) -> list[Path]:
    """A file for each rule, in a group like its own. Files that aren't rule files, or are broken, are left out.

    Args:
        into: a folder; the files are called after the rule file and the rule's number in it.
    """
    made: list[Path] = []
    for file in files:
        try:
            document = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
            rules = [(group, rule) for group in document["groups"] for rule in group["rules"]]
        except (yaml.YAMLError, TypeError, KeyError):
            continue
        for number, (group, rule) in enumerate(rules):
            target = into / f"{file.stem}__{number:03}.yml"
            alone = {"groups": [{**group, "rules": [rule]}]}
            target.write_text(yaml.dump(alone, Dumper=yaml.CSafeDumper, sort_keys=False, width=10**6))
            made.append(target)
    return made
