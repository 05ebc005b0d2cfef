import urllib.request

from provision.lab.client.metrics import Metrics
from provision.lab.client.results import RequestResult
from support.servers import free_port


def test_what_users_saw_is_served() -> None:
    metrics, port = Metrics(), free_port()
    metrics.serve("127.0.0.1", port)
    metrics.add(RequestResult(1.0, "/album", "GET", "/album/1", 0.15, 200))
    metrics.add(RequestResult(1.0, "/album", "GET", "/album/2", 10.0, None, "timeout"))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert 'gallery_client_requests_total{code="200",page="/album"} 1.0' in text
    assert 'gallery_client_requests_total{code="none",page="/album"} 1.0' in text
    assert 'gallery_client_failures_total{kind="timeout",page="/album"} 1.0' in text
    assert 'gallery_client_request_duration_seconds_bucket{le="0.2",page="/album"} 1.0' in text
    assert "_created" not in text
