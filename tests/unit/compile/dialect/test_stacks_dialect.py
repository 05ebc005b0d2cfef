from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.author import Config, Image, Network, Secret, Service, Stack
from provision.compile.dialect import shaped_stack, stack_names, stacks
from provision.compile.dialect.shaped_stack import ShapedStack
from provision.compile.stacks import compile_stack
from provision.errors import SourceErrors
from provision.model import Place
from provision.project import Project

PROJECT = Project(Path("/reference"), "reference")
HERE = Place("provisioning/stacks.py", 1)
FILES = {"prometheus/prometheus.yml": b"a: 1\n", "prometheus/rules/a.yml": b"groups: []\n", "other.yml": b"x"}


def shaped(*services: Service, files: dict[str, bytes] | None = None, **how: Any) -> ShapedStack:
    definitions = compile_stack("x.py", Stack("shop", services), HERE, lambda _: HERE)
    (stack,) = stacks.shape(definitions, FILES if files is None else files, PROJECT, **how)
    return stack


def test_files_are_mounted_as_configs_that_their_content_names() -> None:
    stack = shaped(Service("prometheus", "p:1", configs={"/etc/p/": Config(built="prometheus/")}))
    first, second = stack.configs
    assert [mounted.key for mounted in stack.configs] == [
        "prometheus-prometheus.yml",
        "prometheus-rules-a.yml",
    ]
    assert re.fullmatch(r"shop_prometheus-rules-a\.yml-[0-9a-f]{12}", second.name)
    assert stack.compose["configs"][first.key] == {
        "name": first.name,
        "file": "../../prometheus/prometheus.yml",
    }
    assert stack.compose["services"]["prometheus"]["configs"] == [
        {"source": first.key, "target": "/etc/p/prometheus.yml"},
        {"source": second.key, "target": "/etc/p/rules/a.yml"},
    ]


def test_a_service_says_whose_it_is_and_of_which_environment() -> None:
    definitions = compile_stack("x.py", Stack("shop", [Service("web", "w:1")]), HERE, lambda _: HERE)
    (plain,), (named,) = (
        stacks.shape(definitions, {}, replace(PROJECT, environment=name)) for name in ("default", "night")
    )
    labels = named.compose["services"]["web"]["deploy"]["labels"]
    assert (labels["provision.project"], labels["provision.environment"]) == ("reference", "night")
    # The same is the same in every environment.
    assert (
        labels["provision.source"] == plain.compose["services"]["web"]["deploy"]["labels"]["provision.source"]
    )
    assert (plain.other_environment(labels), named.other_environment(labels)) == ("night", "")
    assert plain.other_environment({}) == ""  # of an earlier version, which didn't say


def test_another_content_is_another_config_and_the_same_is_the_same() -> None:
    def name(text: str) -> str:
        return shaped(Service("web", "w:1", configs={"/etc/web.conf": Config(text=text)})).configs[0].name

    assert name("a") == name("a") != name("b")


def test_a_text_becomes_a_file_of_the_stack() -> None:
    (mounted,) = shaped(Service("web", "w:1", configs={"/etc/web.conf": Config(text="a")})).configs
    assert (mounted.path, mounted.content, mounted.own) == (
        "stacks/shop/configs/web-etc-web.conf",
        b"a",
        True,
    )


def test_a_long_name_keeps_its_hash() -> None:
    name = stack_names.config_name("shop", "dashboard-" * 10, b"x")
    assert len(name) <= 64
    assert name.endswith(stack_names.config_name("a", "b", b"x")[-13:])


def test_what_is_not_built_and_what_is_too_large_are_told_together() -> None:
    services = [
        Service("a", "a:1", configs={"/a": Config(built="nothing.yml"), "/b/": Config(built="none/")}),
        Service("b", "b:1", configs={"/b": Config(built="big")}),
    ]
    with pytest.raises(SourceErrors) as caught:
        shaped(*services, files={"big": b"x" * 500_001})
    assert [problem.message for problem in caught.value.problems] == [
        "stack 'shop': nothing is built at 'nothing.yml', which service 'a' mounts at /a",
        "stack 'shop': nothing is built at 'none/', which service 'a' mounts at /b/",
        "stack 'shop': big has 500,001 bytes, and a config of a Swarm holds 500,000; split it, or give it to the service "
        "in an image",
    ]


def test_secrets_are_named_by_version_and_never_by_what_they_are() -> None:
    secrets = {"key": Secret.env("KEY"), "token": Secret.file("/t", version="3")}
    stack = shaped(Service("web", "w:1", secrets=secrets))
    assert stack.secrets == {
        "shop_key": {"source": "env", "name": "KEY"},
        "shop_token-3": {"source": "file", "name": "/t", "version": "3"},
    }
    assert stack.compose["secrets"] == {
        "key": {"name": "shop_key", "external": True},
        "token": {"name": "shop_token-3", "external": True},
    }
    assert stack.compose["services"]["web"]["secrets"] == [
        {"source": "key", "target": "key"},
        {"source": "token", "target": "token"},
    ]


def test_own_images_come_from_the_registry_or_are_what_was_just_built() -> None:
    web = Service("web", Image("team/web", "docker/web"))
    assert shaped(web).compose["services"]["web"]["image"] == "team/web:latest"
    assert shaped(web, registry="r:5000").compose["services"]["web"]["image"] == "r:5000/team/web:latest"
    built = shaped(web, registry="r:5000", images={"team/web": "r:5000/team/web:0a1b"})
    assert built.compose["services"]["web"]["image"] == "r:5000/team/web:0a1b"
    assert built.images["web"]["dockerfile"] == "docker/web"


def test_compose_reads_no_variable_where_none_is_meant() -> None:
    stack = shaped(Service("web", "w:1", command=["$HOME"], labels={"rule": "a$$b"}))
    read = yaml.safe_load(stack.compose_bytes())
    assert read["services"]["web"]["command"] == ["$$HOME"]
    assert read["services"]["web"]["deploy"]["labels"]["rule"] == "a$$$$b"


def test_a_network_of_another_stack_is_not_made_but_used() -> None:
    edge = Network("edge", of="shop", encrypted=True)
    watch = Network("watch")
    definitions = [
        *compile_stack(
            "x.py", Stack("monitor", [Service("p", "p:1", networks=[edge, watch])]), HERE, lambda _: HERE
        ),
        *compile_stack("x.py", Stack("shop", [Service("w", "w:1", networks=[edge])]), HERE, lambda _: HERE),
    ]
    monitor, shop = stacks.shape(definitions, {}, PROJECT)
    assert monitor.compose["networks"] == {
        "shop_edge": {"name": "shop_edge", "external": True},
        "watch": {"name": "monitor_watch", "driver": "overlay"},
    }
    assert shop.compose["networks"]["edge"] == {
        "name": "shop_edge", "driver": "overlay", "driver_opts": {"encrypted": "true"},
    }  # fmt: skip
    assert monitor.needs == ("shop",)
    assert [stack.name for stack in shaped_stack.in_order((monitor, shop))] == ["shop", "monitor"]


def test_stacks_that_need_each_other_still_have_an_order() -> None:
    a, b = Network("a", of="a"), Network("b", of="b")
    definitions = [
        *compile_stack("x.py", Stack("a", [Service("s", "s:1", networks=[a, b])]), HERE, lambda _: HERE),
        *compile_stack("x.py", Stack("b", [Service("s", "s:1", networks=[a, b])]), HERE, lambda _: HERE),
    ]
    assert [stack.name for stack in shaped_stack.in_order(stacks.shape(definitions, {}, PROJECT))] == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    ("services", "files", "said"),
    [
        (
            [Service("p", "p:1", configs={"/etc/p/": Config(built="prometheus/")})],
            {"prometheus/rules/web.yml": b"a", "prometheus/rules-web.yml": b"b"},
            "prometheus/rules/web.yml, which service 'p' mounts at /etc/p/rules/web.yml, and prometheus/rules-web.yml, which it "
            "or another one mounts, would both be the config 'prometheus-rules-web.yml'; give one of them another name",
        ),
        (
            [Service("w", "w:1", configs={"/a/b": Config(text="1"), "/a-b": Config(text="2")})],
            {},
            "would both be the config 'w-a-b'",
        ),
        (
            [Service("w", "w:1", configs={"/a/b": Config(text="1")}), Service("w-a", "w:1", configs={"/b": Config(text="2")})],
            {},
            "would both be the config 'w-a-b'",
        ),
        (
            [Service("w", "w:1", secrets={"token": Secret.env("A", version="2"), "token-2": Secret.env("B")})],
            {},
            "secrets 'token' and 'token-2' would both be 'shop_token-2' on the Swarm",
        ),
    ],
)  # fmt: skip
def test_two_things_of_one_name_are_refused(
    services: list[Service], files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(SourceErrors) as error:
        shaped(*services, files=files)
    assert said in str(error.value)
