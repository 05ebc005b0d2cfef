"""What a file is by its content, whatever its name or its sender says of it."""

from __future__ import annotations

import struct
import zlib

KINDS = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
"""The kinds of pictures that are taken, and their media types."""


def kind_of(content: bytes) -> str | None:
    """One of `KINDS`, by the signature that each format starts with; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return None


def gradient(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A PNG that runs from that colour (0 to 255 each for red, green and blue) above to black below."""
    rows = b"".join(
        b"\0" + bytes(part * (height - row) // height for part in colour) * width for row in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
