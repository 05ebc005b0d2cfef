"""Taking away what a stack no longer uses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from provision.compile.dialect.shaped_stack import ShapedStack
from provision.errors import ProvisionError
from provision.ship.swarm import live
from provision.ship.swarm.live import LiveService
from provision.tools import docker
from provision.tools.docker import Engine

_POLL_SECONDS: Final = 0.5


def clear_after_success(
    engine: Engine, stack: ShapedStack, before: Mapping[str, LiveService], tell: Callable[[str], None]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Remove the services of a stack that no source has any more, and the configs and secrets that no service uses,
    neither now nor after a rollback.

    Args:
        before: the services by name, as they were before the deploy.

    Returns:
        the names of the services that are gone; and what couldn't be removed, a sentence each.
    """
    failures: list[str] = []
    gone = set()
    for name in sorted(set(before) - set(stack.compose["services"])):
        if _try(engine, failures, "service", before[name].full_name):
            gone.add(name)
            tell(f"{before[name].full_name}: removed, no source has it any more")
    try:
        services = live.services(engine, stack.name)
        _clear_configs(engine, failures, stack.name, services)
        secrets = {name for each in services for name in (*each.secrets, *each.earlier_secrets)}
        for name in sorted(set(docker.in_stack(engine, "secret", stack.name)) - secrets - set(stack.secrets)):
            _try(engine, failures, "secret", name)
    except ProvisionError as error:
        failures.append(f"it can't be told what is no longer used: {error.what}")
    return frozenset(gone), tuple(failures)


def clear_after_failure(engine: Engine, stack: str, written: Iterable[str]) -> tuple[str, ...]:
    """Remove the configs of a stack that no service uses, neither now nor after a rollback, and those of the secrets
    written for the deploy that failed that none uses now: nobody wants to go back to that.

    Returns:
        what couldn't be removed, a sentence each.
    """
    services = live.services(engine, stack)
    failures: list[str] = []
    _clear_configs(engine, failures, stack, services)
    secrets = {name for service in services for name in service.secrets}
    # It may have failed before all of them were written.
    for name in sorted((set(written) & set(docker.in_stack(engine, "secret", stack))) - secrets):
        _try(engine, failures, "secret", name)
    return tuple(failures)


def _clear_configs(engine: Engine, failures: list[str], stack: str, services: Iterable[LiveService]) -> None:
    used = {name for service in services for name in (*service.configs, *service.earlier_configs)}
    for name in sorted(set(docker.in_stack(engine, "config", stack)) - used):
        _try(engine, failures, "config", name)


def remove_networks(
    engine: Engine, stack: str, before: Iterable[str], time_limit_seconds: float
) -> tuple[str, ...]:
    """Remove the networks of a stack that weren't there before, as soon as no task is in them any more.

    Returns:
        what couldn't be removed, a sentence each.
    """
    failures: list[str] = []
    limit = time.monotonic() + time_limit_seconds
    for name in sorted(set(docker.in_stack(engine, "network", stack)) - set(before)):
        while True:
            try:
                docker.call(engine, "network", "rm", name)
                break
            except ProvisionError as error:
                if "in use" not in error.what and "active endpoints" not in error.what:
                    failures.append(str(error))
                    break
                if time.monotonic() >= limit:
                    failures.append(f"network {name} is still in use")
                    break
            time.sleep(_POLL_SECONDS)
    return tuple(failures)


def _try(engine: Engine, failures: list[str], kind: str, name: str) -> bool:
    try:
        docker.call(engine, kind, "rm", name)
    except ProvisionError as error:
        failures.append(str(error))
        return False
    return True
