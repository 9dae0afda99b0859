"""HTML of other programs' editors as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.chat_api.calendars.markup import without_markup

pytestmark = pytest.mark.requirement("PROD-063")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<h2>Buy</h2><ul><li>milk</li><li>bread</li></ul><p>soon</p>", "Buy\n\n- milk\n- bread\n\nsoon"),
        ('<p>See <a href="https://example.org/a">the plan</a>.</p>', "See the plan (https://example.org/a)."),
        ('<a href="https://example.org">https://example.org</a>', "https://example.org"),
        ("<p>a &lt; b &amp; c</p><script>alert(1)</script>", "a < b & c"),
    ],
)
def test_what_a_browser_shows_is_kept(html: str, text: str) -> None:
    assert without_markup(html) == text


@pytest.mark.parametrize("text", ["<p><![x y]>", "a < b > c", "use List<String>", "1 <2 and 3> 2", "", "**bold** _it_"])
def test_a_text_without_an_editors_tags_is_left_as_it_is(text: str) -> None:
    assert without_markup(text) == text


@given(st.text(st.sampled_from('<>/&;pabril- \n"='), max_size=80))
def test_whatever_follows_a_paragraph_is_read_and_the_paragraph_kept(text: str) -> None:
    assert without_markup(f"<p>One</p>{text}").startswith("One")
