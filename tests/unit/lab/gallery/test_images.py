import struct
import zlib

import pytest

from provision.lab.gallery.images import KINDS, gradient, kind_of


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (gradient(3, 2, (0, 128, 255)), "png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "jpeg"),
        (b"GIF89a\x01\0", "gif"),
        (b"GIF87a\x01\0", "gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\x24\0\0\0WAVEfmt ", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html>", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b" GIF89a", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind
    assert kind is None or kind in KINDS


def test_a_gradient_is_a_whole_png() -> None:
    content = gradient(3, 2, (10, 20, 30))
    position, chunks = 8, {}
    while position < len(content):
        length, name = struct.unpack(">I4s", content[position : position + 8])
        data = content[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack(">I", content[position + 8 + length : position + 12 + length])
        assert checksum == zlib.crc32(name + data)
        chunks[name] = data
        position += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBB", chunks[b"IHDR"][:10]) == (3, 2, 8, 2)
    assert zlib.decompress(chunks[b"IDAT"]) == b"\0" + b"\x0a\x14\x1e" * 3 + b"\0" + b"\x05\x0a\x0f" * 3
