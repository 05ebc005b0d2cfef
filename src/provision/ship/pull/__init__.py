"""What is live, written back as sources: a whole Grafana as JSON files, and an edit of one dashboard as a patch.

Doors: `everything.pull`, `edit.pulled`, and `files.source_files`, which a backup is made of too.
"""
