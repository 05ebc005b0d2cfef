import argparse
import importlib

import pytest

from provision.lab import arguments as read


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (read.number(100), "99.5", 99.5),
        (read.number(60, zero=True), "0", 0.0),
        (read.whole(1, 10), "10", 10),
        (read.port, "0", 0),
        (read.port, "65535", 65535),
        (read.host, "myhbsapp.com:80", "myhbsapp.com:80"),
        (read.host, "[::1]:80", "[::1]:80"),
        (read.resolution, "myhbsapp.com=127.0.0.1", ("myhbsapp.com", "127.0.0.1")),
        (read.resolution, "a=[::1]", ("a", "[::1]")),
        (read.word, "x", "x"),
    ],
)
def test_what_is_meant_is_read(type_, text, value) -> None:
    assert type_(text) == value


@pytest.mark.parametrize(
    ("type_", "texts", "said"),
    [
        (read.number(100), ("0", "-1", "101", "nan", "inf", "x", ""), "isn't a number above 0 and up to 100"),
        (read.number(60, zero=True), ("-0.1", "61", "nan"), "isn't a number from 0 to 60"),
        (read.whole(1, 1000), ("0", "-1", "1001", "1.5", "1_0", "x", "٣", ""), "isn't a whole number from 1 to 1,000"),
        (read.port, ("-1", "65536", "99999"), "isn't a whole number from 0 to 65,535"),
        (read.fixed_port, ("0", "99999"), "isn't a whole number from 1 to 65,535"),
        (read.host, ("", " ", "a\nb", "ü", "a b", "a:0", "a:99999", "::1"), "isn't the name of a host"),
        (read.resolution, ("foo", "=", "a=", "=b", "a b=c", "*=c", "a=b=c"), "isn't NAME=ADDRESS"),
        (read.word, ("", " "), "it is empty; is a variable not set?"),
        (read.path, ("",), "it is empty"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(type_, texts, said) -> None:
    for text in texts:
        with pytest.raises(argparse.ArgumentTypeError) as caught:
            type_(text)
        assert said in str(caught.value), text


CLIENT = ("--url=http://127.0.0.1:1", "--rate=1", "--requests=1")
BROWSERS = ("--url=http://127.0.0.1:1", "--chromium=/bin/false")
GALLERY = ("--port=0",)


@pytest.mark.parametrize(
    ("program", "usual", "wrong", "said"),
    [
        ("gallery.__main__", GALLERY, "--port=99999", "'99999' isn't a whole number from 0 to 65,535"),
        ("gallery.__main__", GALLERY, "--port=-1", "'-1' isn't a whole number from 0 to 65,535"),
        ("gallery.__main__", GALLERY, "--work-seconds=nan", "'nan' isn't a number from 0 to 60"),
        ("gallery.__main__", GALLERY, "--work-seconds=-1", "'-1' isn't a number from 0 to 60"),
        ("gallery.__main__", GALLERY, "--most-megabytes=0", "'0' isn't a whole number from 1 to 1,000,000"),
        ("gallery.__main__", GALLERY, "--host=", "it is empty"),
        ("gallery.__main__", GALLERY, "--host=999.0.0.1", "999.0.0.1: isn't an address of this machine"),
        ("gallery.__main__", GALLERY, "--redis=redis://[::1/0", "--redis: isn't the URL of a Redis; give redis://HOST:PORT/0"),
        ("gallery.__main__", GALLERY, "--redis=redis://127.0.0.1:1/x", "--redis: isn't the URL of a Redis"),
        ("client.__main__", CLIENT, "--metrics-port=99999", "'99999' isn't a whole number from 1 to 65,535"),
        ("client.__main__", CLIENT, "--metrics-port=0", "'0' isn't a whole number from 1 to 65,535"),
        ("client.__main__", CLIENT, "--visitors=201", "'201' isn't a whole number from 1 to 200"),
        ("client.__main__", CLIENT, "--host=a\nb", "isn't the name of a host"),
        ("client.__main__", CLIENT, "--url=http://[::1", "client: 'http://[::1': isn't http://HOST:PORT"),
        ("client.__main__", CLIENT, "--url=http://127.0.0.1:1/page", "isn't http://HOST:PORT"),
        ("client.__main__", CLIENT, "--certificate=/nowhere", "client: --certificate belongs to --tls-url"),
        ("client.browsers", BROWSERS, "--resolve=foo", "'foo' isn't NAME=ADDRESS, such as myhbsapp.com=127.0.0.1"),
        ("client.browsers", BROWSERS, "--rounds=10001", "'10001' isn't a whole number from 1 to 10,000"),
        ("client.browsers", BROWSERS, "--clients=11", "'11' isn't a whole number from 1 to 10"),
        ("client.browsers", BROWSERS, "--metrics-port=99999", "'99999' isn't a whole number from 1 to 65,535"),
        ("webhook", ("--file=x",), "--port=99999", "'99999' isn't a whole number from 0 to 65,535"),
        ("containers", ("--state=x",), "--port=99999", "'99999' isn't a whole number from 0 to 65,535"),
    ],
)  # fmt: skip
def test_every_program_refuses_it_with_a_sentence_and_code_2(program, usual, wrong, said, capsys) -> None:
    main = importlib.import_module(f"provision.lab.{program}").main
    arguments = ([*usual, wrong], {}) if program.startswith("gallery") else ([*usual, wrong],)
    try:
        code = main(*arguments)
    except SystemExit as ended:
        code = ended.code
    last = capsys.readouterr().err.splitlines()[-1]
    assert (code, said in last) == (2, True), last
