"""That the check sees what is wrong, and takes what is not."""

import graphql
import pytest

from hooks import Answer, Waits, answers_by_the_schema

SCHEMA = graphql.build_schema(
    """
    enum Colour { RED }
    interface Node { id: ID! }
    type Thing implements Node { id: ID! size: Int colours: [Colour!] next: Thing }
    type Query { thing: Thing node: Node }
    """
)
QUERY = "query { thing { ...F kind: __typename } node { __typename id ... on Thing { size } } } fragment F on Thing { id colours next { size } }"


def faults(thing, node=None):
    return Answer(SCHEMA, QUERY).faults({"thing": thing, "node": node})


GOOD = {"id": "1", "colours": ["RED"], "next": {"size": 2}, "kind": "Thing"}


def test_what_the_schema_says_is_taken():
    assert faults(GOOD, {"__typename": "Thing", "id": "2", "size": None}) == []
    assert faults(None) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"colours": ["BLUE"]},
        {"colours": [None]},
        {"colours": "RED"},
        {"next": {"size": "2"}},
        {"next": {"size": True}},
        {"next": {}},
        {"next": {"size": 1, "more": 1}},
        {"kind": "Other"},
    ],
)
def test_what_it_does_not_say_is_seen(wrong):
    assert len(faults(GOOD | wrong)) == 1


class Refused:
    status_code = 429

    def __init__(self, code="RATE_LIMITED", headers=("retry-after",)):
        self.headers = dict.fromkeys(headers, "1")
        self.code = code

    def json(self):
        return {"errors": [{"message": "", "extensions": {"code": self.code}}]}


@pytest.mark.parametrize("wrong", [Refused(), Refused(code="OVERLOADED"), Refused(headers=())])
def test_what_the_budget_refused_is_taken_once(wrong):
    Waits.in_a_row = 0
    answers_by_the_schema(None, Refused(), None)
    Waits.in_a_row = int(wrong.code == "RATE_LIMITED" and bool(wrong.headers))
    with pytest.raises(AssertionError):
        answers_by_the_schema(None, wrong, None)
