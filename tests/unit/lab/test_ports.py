import socket

import pytest

from provision.errors import ProvisionError
from provision.lab import ports
from support.servers import free_port


def test_ports_are_free_and_different_and_held() -> None:
    with ports.reserved() as found:
        numbers = [*found.replicas, found.web, found.websecure, found.traefik, found.prometheus]
        numbers += [found.alertmanager, found.webhook, found.containers, found.redis, found.grafana]
        assert len(set(numbers)) == len(ports.NAMES) == 12
        for number in numbers:
            with socket.socket() as other, pytest.raises(OSError, match="in use"):
                other.bind(("127.0.0.1", number))
    for number in numbers:
        with socket.socket() as other:
            other.bind(("127.0.0.1", number))


def test_a_port_that_is_given_is_had() -> None:
    one, two = free_port(), free_port()
    with ports.reserved({"app-2": one, "grafana": two}) as found:
        assert (found.replicas[1], found.grafana) == (one, two)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with pytest.raises(ProvisionError) as caught, ports.reserved({"prometheus": number}):
            pytest.fail("it was had")
    assert str(caught.value) == (
        f"127.0.0.1: port {number}, which prometheus is to have, is taken; "
        "choose another with --port prometheus=N, or leave that out for a free one"
    )


def test_a_port_that_everybody_is_served_on_is_taken_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        with pytest.raises(ProvisionError, match="is taken"), ports.reserved({"web": other.getsockname()[1]}):
            pytest.fail("it was had")


def test_a_port_that_nobody_listens_on_any_more_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", number)):
            server.accept()[0].close()  # the side that ends first waits for a minute
    with ports.reserved({"web": number}) as found:
        assert found.web == number


def test_a_port_that_can_not_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ports.socket.socket, "bind", refuse)
    with pytest.raises(
        ProvisionError, match="port 80, which web is to have, can't be had: Permission denied"
    ):
        with ports.reserved({"web": 80}):
            pytest.fail("it was had")
