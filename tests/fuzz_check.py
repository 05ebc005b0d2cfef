"""The fuzz tests of `check` with examples that are drawn by what they reach, until it is stopped.

    pip install atheris
    python tests/fuzz_check.py test_any_expression_of_a_rule [CORPUS] -len_control=0 -max_len=4096 -max_total_time=600

A failure prints its traceback, and leaves the bytes it was made of in `crash-…`: give that file as CORPUS to repeat it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src"), str(TESTS / "unit" / "prove")]

with atheris.instrument_imports(include=["provision"]):
    import test_check_fuzz
    import test_check_fuzz_dashboards
    import test_check_fuzz_promql


def main() -> None:
    modules = (test_check_fuzz, test_check_fuzz_dashboards, test_check_fuzz_promql)
    known = {
        name: test for module in modules for name, test in vars(module).items() if hasattr(test, "hypothesis")
    }
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        sys.exit(f"name one of {', '.join(known)}")
    test = known[sys.argv.pop(1)]
    atheris.Setup(sys.argv, test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
