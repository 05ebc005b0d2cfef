"""One file a command: its options, the calls it makes, its exit code. Each exposes `command`.

What several share: `options` (the options every command takes), `sources` (load or say what is wrong) and
`targets` (open the servers a command was pointed at).
"""
