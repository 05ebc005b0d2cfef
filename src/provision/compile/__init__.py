"""Sources to definitions, and definitions to resources shaped for one server's dialect.

Doors: `provision.compile.load.load` (run the sources), `provision.compile.dialect` (shape them).
"""
