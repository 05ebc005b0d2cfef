import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from provision.lab import claiming


def test_one_start_at_a_time_clears_what_is_left_in_a_folder(tmp_path: Path) -> None:
    folder, inside, order = tmp_path / "new" / "lab", threading.Event(), []

    def second() -> None:
        inside.wait()
        with claiming._one_at_a_time(folder):
            order.append("second")

    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(second)
        with claiming._one_at_a_time(folder):
            inside.set()
            wait([later], timeout=0.2)
            order.append("first")
        later.result(timeout=10)
    assert order == ["first", "second"]
