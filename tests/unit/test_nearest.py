from __future__ import annotations

import pytest

from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import check_keywords, did_you_mean


@pytest.mark.parametrize(
    ("given", "answer"),
    [("respones", " Did you mean `response`?"), ("RESPONSE", " Did you mean `response`?"), ("xyz", ""), (7, "")],
)
def test_the_nearest_known_name(given, answer):
    assert did_you_mean(given, ["response", "name"]) == answer


def test_unknown_keywords():
    check_keywords(["name"], ["name"], "It")
    with pytest.raises(DeclarationError, match=r"It takes name, inline, given `nmae`\. Did you mean `name`\?"):
        check_keywords(["nmae"], ["name", "inline"], "It")
