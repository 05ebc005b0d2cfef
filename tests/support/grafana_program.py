"""The stand-in as a Grafana that is installed: `installed(home)` writes a program to `home`/bin that takes the arguments
and the environment that Grafana's own takes."""

from __future__ import annotations

import configparser
import os
import sys
import threading
from pathlib import Path

from support.grafana_standin import fresh, listening

_TESTS = Path(__file__).resolve().parents[1]


def installed(home: Path, version: str = "12.4.0") -> Path:
    """A home path with a program in it; the program."""
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "defaults.ini").touch()
    (home / "bin").mkdir()
    program = home / "bin" / "grafana"
    path = f"{_TESTS.parent / 'src'}:{_TESTS}"
    program.write_text(
        f"#!/bin/sh\n[ $1 != -v ] || exec echo grafana version {version}\n"
        f'PYTHONPATH={path} exec {sys.executable} -m {__name__} "$@"\n'
    )
    program.chmod(0o755)
    return program


def main(server: str, home_option: str, home: str, config_option: str, config: str) -> None:
    """Serve until somebody ends it."""
    assert (server, home_option, config_option) == ("server", "--homepath", "--config")
    assert (Path(home) / "conf" / "defaults.ini").exists()
    settings = configparser.ConfigParser()
    settings.read(config)
    state = fresh("12.4.0")
    state.password = settings["security"]["admin_password"]
    with listening(state, int(os.environ["GF_SERVER_HTTP_PORT"])):
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
