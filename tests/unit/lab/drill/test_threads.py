"""A thread that fails says so."""

from provision.lab.drill.threads import guarded, said


def test_what_is_raised_is_told():
    failures, done = [], []
    for work in (lambda: done.append(1), lambda: done.index(2)):
        thread = guarded(work, failures.append)
        assert thread.daemon
        thread.start()
        thread.join()
    assert done == [1]
    assert [said(each) for each in failures] == ["ValueError: 2 is not in list"]
    assert said(KeyError()) == "KeyError"
