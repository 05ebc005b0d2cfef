"""Stacks to Compose files for `docker stack deploy`, with the files that their configs hold.

Source of the limits: docs.docker.com, "Store configuration data using Docker Configs".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any, Final

from provision.compile.dialect.shaped_stack import (
    ENVIRONMENT_LABEL,
    PROJECT_LABEL,
    SOURCE_LABEL,
    MountedFile,
    ShapedStack,
)
from provision.compile.dialect.stack_names import config_key, config_name, reference, secret_name
from provision.compile.kinds import STACK
from provision.errors import Problem, SourceErrors
from provision.model import Definition, decode, digest, encode
from provision.project import Project

VERSION: Final = "3.8"
"""Of the Compose format: what every engine since 19.03 reads."""

CONFIG_LIMIT_BYTES: Final = 500_000


def shape(
    definitions: Iterable[Definition],
    files: Mapping[str, bytes],
    owner: Project,
    registry: str = "",
    images: Mapping[str, str] | None = None,
) -> tuple[ShapedStack, ...]:
    """Every stack, in the order of their names.

    Args:
        files: what `build` writes besides: path → bytes.
        owner: the project, in the environment that the definitions were made with.
        registry: `host:port` that the project's own images are pulled from; empty: the nodes have them.
        images: name of an own image → the reference to run instead of `registry/name:tag`.

    Raises:
        SourceErrors: a service mounts what isn't built, or more than a config may hold; two files or secrets would have
            one name.
    """
    stacks = sorted((found for found in definitions if found.kind == STACK), key=lambda found: found.key)
    problems: list[Problem] = []
    shaped = [
        _Shaping(definition, files, owner, problems).shaped(registry, images or {}) for definition in stacks
    ]
    if problems:
        raise SourceErrors(tuple(problems))
    return tuple(shaped)


class _Shaping:
    """One stack on its way; collects the configs and secrets of its services."""

    def __init__(
        self, definition: Definition, files: Mapping[str, bytes], owner: Project, problems: list[Problem]
    ) -> None:
        self._definition = definition
        self._files = files
        self._owner = owner
        self._problems = problems
        self._body = decode(definition.body)
        self._stack = str(self._body["name"])
        self._configs: dict[str, MountedFile] = {}
        self._secrets: dict[str, dict[str, str]] = {}

    def shaped(self, registry: str, images: Mapping[str, str]) -> ShapedStack:
        own = {
            name: service["image"]
            for name, service in self._body["services"].items()
            if isinstance(service["image"], dict)
        }
        services = {}
        for name, service in self._body["services"].items():
            body = dict(service)
            if name in own:
                body["image"] = reference(own[name], registry, images)
            aliases = body.pop("aliases", [])
            body["networks"] = (
                {network: {"aliases": aliases} for network in sorted(body["networks"])}
                if aliases
                else sorted(body["networks"])
            )
            body["configs"] = self._mounted(name, body.pop("configs", {}))
            body["secrets"] = self._given(name, body.pop("secrets", {}))
            services[name] = self._marked(
                {key: value for key, value in body.items() if value not in ([], {})}, service
            )
        configs = tuple(self._configs[key] for key in sorted(self._configs))
        networks = {key: self._network(key, value) for key, value in self._body["networks"].items()}
        compose: dict[str, Any] = {
            "version": VERSION,
            "services": services,
            "networks": networks,
            "volumes": self._body["volumes"],
            "configs": {
                each.key: {"name": each.name, "file": posixpath.relpath(each.path, f"stacks/{self._stack}")}
                for each in configs
            },
            "secrets": {
                key: {"name": name, "external": True} for key, name in sorted(self._secret_names.items())
            },
        }
        needs = {value["of"] for value in self._body["networks"].values() if "of" in value} - {self._stack}
        return ShapedStack(
            self._stack,
            _literal({key: value for key, value in compose.items() if value != {}}),
            configs,
            {self._secret_names[key]: found for key, found in sorted(self._secrets.items())},
            own,
            tuple(sorted(needs)),
            self._definition.place,
            self._owner.environment,
        )

    @property
    def _secret_names(self) -> dict[str, str]:
        return {key: secret_name(self._stack, key, found) for key, found in self._secrets.items()}

    def _marked(self, body: dict[str, Any], service: Mapping[str, Any]) -> dict[str, Any]:
        """The service with labels that say whose it is, and what the sources say of it."""
        mounted = sorted(
            (each["target"], self._configs[each["source"]].name) for each in body.get("configs", ())
        )
        said = digest(encode({**service, "configs": mounted}))
        labels = {
            **body["deploy"].get("labels", {}),
            PROJECT_LABEL: self._owner.name,
            ENVIRONMENT_LABEL: self._owner.environment,
            SOURCE_LABEL: said,
        }
        return {**body, "deploy": {**body["deploy"], "labels": labels}}

    def _network(self, key: str, network: dict[str, Any]) -> dict[str, Any]:
        if "of" in network:
            return {"name": f"{network['of']}_{network['name']}", "external": True}
        encrypted = {"driver_opts": {"encrypted": "true"}} if network.get("encrypted") else {}
        flags = {flag: True for flag in ("attachable", "internal") if network.get(flag)}
        return {"name": f"{self._stack}_{key}", "driver": "overlay", **flags, **encrypted}

    def _given(self, service: str, secrets: Mapping[str, dict[str, str]]) -> list[dict[str, Any]]:
        self._secrets.update(secrets)
        called: dict[str, str] = {}
        for key, name in self._secret_names.items():
            if (other := called.setdefault(name, key)) != key:
                what = f"secrets {other!r} and {key!r} would both be {name!r} on the Swarm; give one of them another name"
                if key in secrets or other in secrets:
                    self._complain(service, what)
        return [{"source": name, "target": name} for name in sorted(secrets)]

    def _mounted(self, service: str, configs: Mapping[str, dict[str, str]]) -> list[dict[str, Any]]:
        found = []
        for target, config in configs.items():
            for relative, path, content in self._contents(service, target, config):
                key = config_key(path)
                mounted = MountedFile(key, config_name(self._stack, key, content), path, content)
                if self._configs.setdefault(key, mounted) != mounted:
                    other = self._configs[key].path
                    self._complain(
                        service,
                        f"{path}, which service {service!r} mounts at {target}{relative}, and {other}, which it or another one "
                        f"mounts, would both be the config {key!r}; give one of them another name",
                    )
                found.append({"source": key, "target": target + relative})
        return found

    def _contents(self, service: str, target: str, config: dict[str, str]) -> list[tuple[str, str, bytes]]:
        """Path below the target, path below the output folder, and content of each file of a config."""
        if "text" in config:
            content = config["text"].encode()
            path = f"stacks/{self._stack}/configs/{service}{target.replace('/', '-')}"
            found = [("", path, content)]
        elif config["built"].endswith("/"):
            prefix = config["built"]
            found = [
                (path.removeprefix(prefix), path, content)
                for path, content in sorted(self._files.items())
                if path.startswith(prefix)
            ]
        else:
            path = config["built"]
            found = [("", path, self._files[path])] if path in self._files else []
        if not found:
            self._complain(
                service,
                f"nothing is built at {config['built']!r}, which service {service!r} mounts at {target}",
            )
        for _, path, content in found:
            if len(content) > CONFIG_LIMIT_BYTES:
                self._complain(
                    service,
                    f"{path} has {len(content):,} bytes, and a config of a Swarm holds {CONFIG_LIMIT_BYTES:,}; split it, "
                    "or give it to the service in an image",
                )
        return found

    def _complain(self, service: str, what: str) -> None:
        place = self._definition.place_of(f"/services/{service}")
        self._problems.append(Problem(place.path, place.line, f"stack {self._stack!r}: {what}"))


def _literal(value: Any) -> Any:
    """Every `$` doubled, so that Compose doesn't take it for a variable."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value
