"""What schemathesis asks of every answer: no fault of the service's own, and data that is what the schema says.

An answer may refuse: most of what is invented makes no sense. It may not say INTERNAL, nor hold a value that the schema does
not know. What the budget refused is asked again when the time is over that the answer told, and is not refused again.
"""

import json
import os
import zlib

import graphql
import schemathesis
from hypothesis import strategies as st
from hypothesis_graphql import nodes

ENOUGH = {"INTERNAL", "RATE_LIMITED", "OVERLOADED", "TIMEOUT"}


def either(good, strategy=st.text(max_size=20)):
    """Mostly what can be read, and now and then what cannot."""
    return st.one_of(st.sampled_from(good), strategy).map(nodes.String)


schemathesis.graphql.scalar("Date", either(["2022-03-01", "1990-02-28", "2022-02-30"]))
schemathesis.graphql.scalar("DateTime", either(["2022-03-01T00:00:00Z", "9999-12-31T23:59:59+13:00"]))
schemathesis.graphql.scalar("Decimal", either(["120000.00", "0", "-1", "99999999999999999999"]))
schemathesis.graphql.scalar("NZBN", either(["9429949541410", "9429049541410", "0"]))
schemathesis.graphql.scalar("Sha256", either(["0" * 64, "f" * 64, "0"]))
schemathesis.graphql.scalar("Url", either(["https://example.org/", "javascript:0"]))


# What the demo has, by the names of arguments and fields: {"classException": ["specialist-tech"], "id": [ … ]}.
KNOWN = json.loads(os.environ.get("KNOWN", "{}"))


class Acquaint(graphql.Visitor):
    """Puts what the demo has in the place of two texts in three, so that more is found than that nothing is there."""

    def enter_argument(self, node, *_):
        return self._acquaint(node)

    def enter_object_field(self, node, *_):
        return self._acquaint(node)

    def _acquaint(self, node):
        known = KNOWN.get(node.name.value)
        if not known or not isinstance(node.value, graphql.StringValueNode):
            return None
        # By the text itself: a failure that is tried again is the same.
        draw = zlib.crc32(node.value.value.encode("utf-8", "surrogatepass"))
        if draw % 3 == 0:
            return None
        value = graphql.StringValueNode(value=known[draw // 3 % len(known)])
        return type(node)(name=node.name, value=value)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    if isinstance(case.body, str):
        case.body = graphql.print_ast(graphql.visit(graphql.parse(case.body), Acquaint()))


def fits_leaf(kind, value):
    if isinstance(kind, graphql.GraphQLEnumType):
        return value in kind.values
    wanted = {"Int": int, "Float": (int, float), "Boolean": bool}.get(kind.name, str)
    return isinstance(value, wanted) and (kind.name == "Boolean" or not isinstance(value, bool))


class Answer:
    """An answer beside the document that it answers."""

    def __init__(self, schema, text):
        document = graphql.parse(text)
        self.schema = schema
        definitions = document.definitions
        self.operation = next(it for it in definitions if isinstance(it, graphql.OperationDefinitionNode))
        self.fragments = {it.name.value: it for it in definitions if isinstance(it, graphql.FragmentDefinitionNode)}

    def faults(self, data):
        """Where the data is not what was asked for, by their paths."""
        root = self.schema.get_root_type(self.operation.operation)
        return list(self._object(root, [self.operation.selection_set], data, "data"))

    def _fields(self, kind, selection_sets):
        """What was asked of an object, by the name in the answer: the name of the field and what is asked below it."""
        asked = {}
        for selection in (one for them in selection_sets for one in them.selections):
            if isinstance(selection, graphql.FieldNode):
                key = (selection.alias or selection.name).value
                below = asked.setdefault(key, (selection.name.value, []))[1]
                if selection.selection_set:
                    below.append(selection.selection_set)
                continue
            inner = self.fragments[selection.name.value] if isinstance(selection, graphql.FragmentSpreadNode) else selection
            if inner.type_condition is None or self._is(kind, inner.type_condition.name.value):
                for key, (name, below) in self._fields(kind, [inner.selection_set]).items():
                    asked.setdefault(key, (name, []))[1].extend(below)
        return asked

    def _is(self, kind, name):
        condition = self.schema.get_type(name)
        return condition is kind or (graphql.is_abstract_type(condition) and self.schema.is_sub_type(condition, kind))

    def _object(self, kind, selection_sets, value, path):
        if graphql.is_abstract_type(kind):
            named = value.get("__typename")
            if named is None:
                return
            kind = self.schema.get_type(named)
        asked = self._fields(kind, selection_sets)
        if set(asked) != set(value):
            yield f"{path}: {sorted(set(asked) ^ set(value))} asked or answered alone"
        for key, (name, below) in asked.items():
            if name == "__typename":
                if value.get(key) != kind.name:
                    yield f"{path}.{key}"
            elif key in value:
                yield from self._value(kind.fields[name].type, below, value[key], f"{path}.{key}")

    def _value(self, kind, below, value, path):
        if graphql.is_non_null_type(kind):
            if value is None:
                yield f"{path}: null"
                return
            kind = kind.of_type
        if value is None:
            return
        if graphql.is_list_type(kind):
            if not isinstance(value, list):
                yield f"{path}: no list"
                return
            for number, one in enumerate(value):
                yield from self._value(kind.of_type, below, one, f"{path}[{number}]")
        elif graphql.is_leaf_type(kind):
            if not fits_leaf(kind, value):
                yield f"{path}: no {kind.name}"
        elif not isinstance(value, dict):
            yield f"{path}: no object"
        else:
            yield from self._object(kind, below, value, path)


class Waits:
    """Those refusals of the budget that came one after another: each is checked, and then what came after the wait."""

    in_a_row = 0


@schemathesis.check
def answers_by_the_schema(ctx, response, case):
    """Holds an answer against the schema."""
    if response.status_code >= 500:
        raise AssertionError(f"status {response.status_code}")
    answer = response.json()
    codes = {error.get("extensions", {}).get("code") for error in answer.get("errors", [])}
    Waits.in_a_row = Waits.in_a_row + 1 if response.status_code == 429 else 0
    if Waits.in_a_row == 1 and codes == {"RATE_LIMITED"} and "retry-after" in response.headers:
        return
    if None in codes or codes & ENOUGH:
        raise AssertionError(f"codes {sorted(map(str, codes))}: {json.dumps(answer['errors'])[:500]}")
    if answer.get("data") is None:
        return
    text = case.body["query"] if isinstance(case.body, dict) else case.body
    faults = Answer(case.operation.schema.client_schema, text).faults(answer["data"])
    if faults:
        raise AssertionError("; ".join(faults[:5]))
