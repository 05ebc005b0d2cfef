from provision.diff import diff_bodies


def told(before, after):
    return [(found.path, found.before, found.after) for found in diff_bodies("file", before, after)]


def test_lines():
    assert told(b"a\nb\nc\n", b"a\nB\nc\nd\ne\n") == [("line 2", "b\n", "B\n"), ("lines 4–5", None, "d\ne\n")]
    assert told(b"a\nb\n", b"b\n") == [("line 1", "a\n", None)]


def test_the_end_of_the_last_line():
    assert told(b"a", b"a\n") == [("line 1", "a", "a\n")]


def test_what_is_no_text():
    assert told(b"\xff\x00", b"a") == [("content, which is no text", "2 bytes", "1 byte")]


def test_what_is_no_text_and_has_the_same_size():
    assert told(b"\xff", b"\xfe")


def test_a_file_that_comes_or_goes():
    assert told(None, b"a") == [("file", None, "a")]
    assert told(b"\xff", None) == [("file", "�", None)]
