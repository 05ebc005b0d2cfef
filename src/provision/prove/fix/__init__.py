"""Sources written anew where a name in them stands literally, and nowhere else.

Doors: `sources.rewritten` (a source's text with its changes: pure), `fixing.fix` (files written, compiled again, and put
back where the result isn't what it should be).
"""
