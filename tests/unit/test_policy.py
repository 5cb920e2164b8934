"""What is declared by keywords and decorators, and which of it counts."""

from __future__ import annotations

import functools

from ultrafox.policy import Policy, attach, attached, no_compress, policy_of


def test_the_nearest_wins_and_lists_are_joined_from_the_outside():
    outer = policy_of({"tags": ["a", "b"], "compress": False, "by_alias": True, "middleware": [1], "renderers": [2]})
    inner = policy_of({"tags": ["b", "c"], "compress": True, "middleware": [3], "dependencies": [4]})
    both = inner.within(outer)
    assert (both.tags, both.middleware, both.dependencies) == (("a", "b", "c"), (1, 3), (4,))
    assert (both.compress, both.by_alias, both.renderers, both.parsers) == (True, True, (2,), None)


def test_what_is_false_is_said():
    assert policy_of({"exclude_none": False}).within(policy_of({"exclude_none": True})).exclude_none is False
    assert policy_of({"renderers": []}).within(policy_of({"renderers": [1]})).renderers == ()


def test_nothing_said_is_nothing():
    assert policy_of({}) == Policy() == Policy().within(Policy())


def test_notes_on_functions():
    @functools.cache
    def handler(): ...

    assert attach(handler, "word", 1) is handler
    attach(functools.partial(handler), "word", 2)
    assert attached(handler, "word") == attached(functools.partial(handler), "word") == (2, 1)
    assert attached(handler, "other") == attached(len, "word") == ()


def test_no_compress():
    @no_compress
    def handler(): ...

    assert attached(handler, "compress") == (False,)
