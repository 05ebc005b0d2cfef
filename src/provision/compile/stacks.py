"""Stacks to definitions. What a service mounts of other definitions stays a reference until files are made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from provision.author import Service, Stack, Volume
from provision.author.place import Written
from provision.compile.kinds import STACK
from provision.compile.stack_services import network_key, service_body
from provision.compile.values import each, free
from provision.errors import Problem
from provision.model import Definition, Place, decode, encode

Locate = Callable[[Written], Place | None]


def compile_stack(_path: str, stack: Stack, place: Place, locate: Locate) -> list[Definition]:
    """The definition of one stack; each service is known by its own line.

    Raises:
        ValueError, TypeError: a field isn't of its form.
    """
    services = each(stack.services, Service, "services")
    body = {
        "name": stack.name,
        "services": {service.name: service_body(service, stack.name) for service in services},
        "networks": _networks(services, stack.name),
        "volumes": _volumes(services),
    }
    parts = [(f"/services/{service.name}", locate(service.where) or place) for service in services]
    return [Definition(STACK, stack.name, encode(body), place, tuple(parts))]


def unknown_networks(definitions: Iterable[Definition]) -> Iterator[Problem]:
    """A problem for each network of another stack that is no stack of the project's, or has no such network."""
    stacks = {found.key: (found, decode(found.body)) for found in definitions if found.kind == STACK}
    for definition, body in stacks.values():
        for name, network in body["networks"].items():
            owner = network.get("of")
            if owner is None:
                continue
            if owner not in stacks:
                what = f"there is no stack {owner!r}, whose network {network['name']!r} stack {definition.key!r} uses"
            elif network["name"] not in stacks[owner][1]["networks"]:
                what = (
                    f"stack {owner!r} has no network {network['name']!r}, which stack {definition.key!r} uses"
                )
            else:
                continue
            users = [at for at, service in body["services"].items() if name in service["networks"]]
            place = definition.place_of(f"/services/{users[0]}")
            yield Problem(place.path, place.line, what)


def _networks(services: Iterable[Service], stack: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for network in (network for service in services for network in service.networks):
        if network.of not in (None, stack):
            found[network_key(network, stack)] = {"of": network.of, "name": network.name}
        else:
            flags = {
                "attachable": network.attachable,
                "internal": network.internal,
                "encrypted": network.encrypted,
            }
            found[network.name] = {name: True for name, given in flags.items() if given}
    return found


def _volumes(services: Iterable[Service]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for volume in (volume for service in services for volume in service.volumes.values()):
        if isinstance(volume, Volume):
            options = free(volume.options, "options")
            found[volume.name] = {"driver": volume.driver, **({"driver_opts": options} if options else {})}
    return found
