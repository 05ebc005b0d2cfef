"""Data on a volume that stays where a node was lost."""

from __future__ import annotations

import pytest

from provision.errors import ProvisionError
from provision.lab.drill.healing import heal
from provision.lab.drill.swarm import data

REDIS = "sh -c REDISCLI_AUTH=$(cat /run/secrets/redis_password) redis-cli"


def test_data_that_stays_where_it_was(stage, asked, done):
    asked.answers |= {
        "service ps": "manager-1 Running x\nworker-1 Running x\nworker-2 Running x\n",
        "ps --quiet": ["", "r2\n", "r2\n", "r1\n"],
        f"exec r2 {REDIS} get drill": "\n",
        f"exec r2 {REDIS} set drill kept": "OK\n",
        f"exec r1 {REDIS} get drill": "\n",
    }
    data.keep_at_worker(stage)
    data.lose(stage)
    (clause,) = data.start_elsewhere(stage, 0.0)
    assert (clause.holds, clause.measured) == (True, "nothing")
    assert f"exec r2 {REDIS} set drill kept" in [call for _, call in asked.calls]
    asked.calls.clear()
    heal(stage.folder, all_of_it=False)
    assert (done, asked.calls) == ([("worker-2", False), ("worker-2", True)], [])
    heal(stage.folder)
    assert [call for _, call in asked.calls] == [
        "node update --label-add app-data=false worker-1",
        "node update --label-add app-data=false worker-2",
        "node update --label-add app-data=true manager-1",
    ]


def test_a_redis_that_keeps_nothing_is_no_beginning(stage, asked):
    """Otherwise what it has elsewhere would be nothing, whatever a volume does."""
    asked.answers |= {"ps --quiet": "r2\n", f"exec r2 {REDIS}": "NOAUTH Authentication required.\n"}
    with pytest.raises(ProvisionError, match="worker-2: app_redis doesn't keep anything: NOAUTH"):
        data.keep_at_worker(stage)


def test_what_redis_said_first_is_what_it_has(stage, asked):
    asked.answers |= {"ps --quiet": ["r1\n", ""], f"exec r1 {REDIS} get drill": "\n"}
    (clause,) = data.start_elsewhere(stage, 0.0)
    assert (clause.holds, clause.measured) == (True, "nothing")


def test_data_that_came_along_is_told(stage, asked):
    asked.answers |= {"ps --quiet": "r1\n", f"exec r1 {REDIS} get drill": "kept\n"}
    (clause,) = data.start_elsewhere(stage, 0.0)
    assert (clause.holds, clause.measured) == (False, "what was kept (kept)")
