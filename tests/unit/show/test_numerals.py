from hypothesis import given
from hypothesis import strategies as st

from provision.show.numerals import number_text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_reads_back(value):
    assert float(number_text(value)) == value
