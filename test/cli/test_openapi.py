#!/usr/bin/env python3
# test_openapi.py: /openapi.json by the published schema of such documents, and every route asked and held against it. SPDX-License-Identifier: Apache-2.0
"""The validator of JSON Schema is not ours: python3-jsonschema; without it everything here is skipped."""
import json
import pathlib
import re
import unittest

import test_deribit
import test_serve

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "test/vectors/openapi/schema-3.1-2022-10-07.json"
NUMBER = {"{account}": "0", "{index}": "0", "{method}": "public/test"}
QUERIES = {"/v1/accounts/0/what-if": "?instrument=0&lots=1", "/v1/stress": "?price=-0.1&depth=0.5", "/v1/instruments/0/array": "?set=1",
           "/v1/history": "?after=0&count=3"}


def routes(document):
    """Path with its place filled in, method and operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield re.sub(r"\{[a-z]+\}", lambda place: NUMBER[place[0]], path), method.upper(), operation


def hold(operation, status, body, where):
    """Is the answer what the document says of this status?"""
    said = operation["responses"].get(str(status), operation["responses"]["default"])
    if "content" in said:
        schema = said["content"]["application/json"]["schema"]
        problems = [f"{where}: {error.message[:200]} at {list(error.absolute_path)}"
                    for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(body))]
        assert not problems, problems[:5]


@unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
class Document(test_deribit.Deribit):
    """The demonstration has everything that can be read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = json.loads(cls.ask("GET", "/openapi.json")[1])
        cls.wait(lambda: cls.ask("GET", "/v1/instruments/0/array")[0] == 200)

    def test_the_document_is_one_of_openapi_3_1(self):
        schema = json.loads(PUBLISHED.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        self.assertEqual([f"{error.message[:200]} at {list(error.absolute_path)}" for error in validator.iter_errors(self.document)], [])
        broken = json.loads(json.dumps(self.document))
        broken["paths"]["/v1/status"]["get"]["responses"]["200"].pop("description")
        self.assertFalse(validator.is_valid(broken))

    def test_its_schemas_are_schemas_and_its_places_are_described(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                with self.subTest(path=path, method=method):
                    for response in operation["responses"].values():
                        for content in response.get("content", {}).values():
                            jsonschema.Draft202012Validator.check_schema(content["schema"])
                    places = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
                    self.assertEqual(places, re.findall(r"\{([a-z]+)\}", path))
                    names = [(each["in"], each["name"]) for each in operation["parameters"]]
                    self.assertEqual(len(names), len(set(names)))
        what_if = self.document["paths"]["/v1/accounts/{account}/what-if"]["get"]["parameters"]
        self.assertEqual([each["name"] for each in what_if], ["account", "instrument", "lots", "price", "volatility", "depth"])

    def test_every_route_that_reads_answers_as_the_document_says(self):
        asked = 0
        for path, method, operation in routes(self.document):
            if method != "GET":
                continue
            with self.subTest(path=path):
                status, body = self.ask("GET", path + QUERIES.get(path, ""))
                self.assertEqual(status, 200, body[:200])
                hold(operation, status, body, path)
                asked += 1
        self.assertGreaterEqual(asked, 24)

    def test_what_is_refused_is_refused_as_the_document_says(self):
        document = self.document["paths"]
        far = {"/v1/accounts/{account}": 999999, "/v1/scenarios/{index}": 2, "/v1/instruments/{index}/array": 999999}
        for path, number in far.items():
            status, body = self.ask("GET", re.sub(r"\{[a-z]+\}", str(number), path))
            with self.subTest(path=path, body=body):
                self.assertEqual(status, 404)
                hold(document[path]["get"], status, body, path)
        bad = {"/v1/accounts/{account}/what-if": "?instrument=x", "/v1/stress": "?price=7", "/v1/instruments/{index}/array": "?set=3",
               "/v1/history": "?after=x"}
        for path, query in bad.items():
            status, body = self.ask("GET", re.sub(r"\{[a-z]+\}", "0", path) + query)
            with self.subTest(path=path, body=body):
                self.assertEqual(status, 400)
                hold(document[path]["get"], status, body, path)
        for path, method, operation in routes(self.document):
            if "post" not in document.get(path, {"post"}):
                status, body = self.ask("POST", path, b"{}")
                with self.subTest(path=path, body=body):
                    self.assertEqual(status, 405)
                    hold(operation, status, body, path)
            if operation["x-access"] == "write":
                for header in ({}, {"Authorization": "Plimsoll signer=0"}):
                    status, body = self.ask(method, path, b"{}", **header)
                    with self.subTest(path=path, body=body):
                        self.assertEqual(status, 401)
                        hold(operation, status, body, path)
        status, body = self.ask("GET", "/api/v2/private/get_positions")
        self.assertEqual(status, 401)
        hold(document["/api/v2/{method}"]["get"], status, body, "/api/v2")

    def test_the_button_answers_as_the_document_says(self):
        operation = self.document["paths"]["/v1/demo/crash"]["post"]
        for headers, wanted in (({}, 403), ({"Content-Type": "application/json"}, 200)):
            status, body = self.ask("POST", "/v1/demo/crash", b"", **headers)
            self.assertEqual(status, wanted)
            hold(operation, status, body, "/v1/demo/crash")

    def test_a_scenario_set_and_an_array_are_of_one_length_and_add_up(self):
        sets = json.loads(self.ask("GET", "/v1/scenarios")[1])["sets"]
        self.assertEqual([each["purpose"] for each in sets], ["maintenance", "initial"])
        for at, told in enumerate(sets):
            whole = json.loads(self.ask("GET", f"/v1/scenarios/{at}")[1])
            array = json.loads(self.ask("GET", f"/v1/instruments/0/array?set={at}")[1])
            self.assertEqual((len(array["rows"]), array["hash"]), (told["entry_count"], told["hash"]))
            self.assertEqual([row["entry"] for row in array["rows"]], list(range(told["entry_count"])))
            self.assertEqual(len(whole["grid"]), told["grid_count"])
            self.assertEqual(len(whole["stress"]), told["stress_count"])
            self.assertEqual(len(whole["days"]), told["history_count"])
            step = float(whole["underlyings"][0]["step"])
            # A linear perpetual gains in proportion to the move: one lot at the grid's levels, none without a move.
            of_level = {point["entry"]: point["level"] for point in whole["grid"]
                        if point["extreme"] == 0 and point["volatility"] == "none" and not point["is_elapsed"]}
            profits = {of_level[row["entry"]]: float(row["profit"]) for row in array["rows"] if row["entry"] in of_level}
            self.assertEqual(profits[0], 0)
            delta = next(float(row["profit"]) for row in array["rows"] if row.get("name") == "delta")
            for level, profit in profits.items():
                self.assertAlmostEqual(profit, level * step * delta, delta=2e-6 + abs(level) * 1e-6)
            self.assertAlmostEqual(array["greeks"][0]["delta"], delta, delta=abs(delta) * 0.05)
            self.assertEqual(array["unit"], "USD")


@unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
class Written(test_serve.Serve):
    """A small venue with keys takes what the demonstration refuses."""

    def test_what_is_submitted_is_answered_as_the_document_says(self):
        paths = self.table["paths"]
        sound = test_serve.deposit(1000, 700)
        for path, body, wanted in (("/v1/check", test_serve.lines_of(sound), 200), ("/v1/events", test_serve.lines_of(sound), 200),
                                   ("/v1/events", test_serve.lines_of(sound, test_serve.deposit(0, 701)), 200), ("/v1/check", b"", 400),
                                   ("/v1/events", b"{}", 400), ("/v1/events", b"", 400), ("/v1/demo/crash", b"", 403)):
            status, answer = self.ask_as(test_serve.OPERATOR, "POST", path, body)
            with self.subTest(path=path, answer=answer):
                self.assertEqual(status, wanted)
                hold(paths[path]["post"], status, answer, path)

    def test_a_model_without_arrays_says_so(self):
        self.assertEqual(json.loads(self.ask_as(test_serve.OPERATOR, "GET", "/v1/scenarios")[1])["sets"], [])
        for path, template in (("/v1/scenarios/0", "/v1/scenarios/{index}"), ("/v1/instruments/0/array", "/v1/instruments/{index}/array")):
            status, body = self.ask_as(test_serve.OPERATOR, "GET", path)
            self.assertEqual((status, json.loads(body)["code"]), (503, "arrays"))
            hold(self.table["paths"][template]["get"], status, body, path)


# What is inherited is not a test of this file.
for base, made in ((test_deribit.Deribit, Document), (test_serve.Serve, Written)):
    for name in [name for name in dir(base) if name.startswith("test_") and name not in vars(made)]:
        setattr(made, name, None)
del base, made

if __name__ == "__main__":
    unittest.main()
