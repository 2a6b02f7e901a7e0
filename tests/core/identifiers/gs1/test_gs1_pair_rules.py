"""Which elements must come together and which must not, for every rule of the table."""

from functools import cache

import pytest
from hypothesis import HealthCheck, find, settings

from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.gs1.elements import read_bracketed
from asbuilt.core.identifiers.gs1.pairs import faults_between
from asbuilt.core.identifiers.reading import Element
from tests.core.identifiers.gs1.gs1_values import FIRSTS, values_with

SSCC, GTIN = "106141412345678908", "09521234543213"


@cache
def simplest(components):
    quick = settings(max_examples=1, database=None, suppress_health_check=list(HealthCheck))
    return find(values_with(components), lambda _: True, settings=quick)


def element(ai):
    return Element(ai, simplest(AIS[ai].components))


def broken(elements, ai):
    return [fault.code for fault in faults_between(elements) if fault.message.startswith(f"AI {ai} must come with")]


@pytest.mark.slow
@pytest.mark.parametrize("ai", [ai for ai in FIRSTS if AIS[ai].requires])
def test_required_company(ai):
    rules = AIS[ai].requires
    assert broken([element(ai)], ai) == ["ai-required"]
    for rule in rules:
        for group in rule:
            company = [element(min(member)) for member in group]
            assert broken([element(ai), *company], ai) == []
            assert broken([*company, element(ai)], ai) == []
            if len(group) > 1:
                partial = {part.id for part in company[:-1]}
                alone = any(all(partial & member for member in other) for other in rule)
                assert bool(broken([element(ai), *company[:-1]], ai)) is not alone


@pytest.mark.slow
@pytest.mark.parametrize("ai", [ai for ai in FIRSTS if AIS[ai].excludes])
def test_excluded_company(ai):
    for other in sorted(AIS[ai].excludes):
        for elements in ([element(ai), element(other)], [element(other), element(ai)]):
            messages = {fault.message for fault in faults_between(elements) if fault.code == "ai-not-allowed"}
            assert f"AI {ai} and AI {other} are not allowed together" in messages


@pytest.mark.parametrize(
    "text",
    [
        f"(00){SSCC}(02){GTIN}(37)12",
        f"(01){GTIN}(3103)000123(3922)1234",
        f"(01){GTIN}(30)5(3932)978123",
        f"(01){GTIN}(21)A(250)B(8040)123456789012345(8041)123456789012346",
        f"(01){GTIN}(422)276(427)BY",
        f"(01){GTIN}(21)A(8030)AbC-_9",
        "(253)9521234567899X(8030)AbC-_9",
        "(415)9521234567899(8020)ABC(3902)123",
        "(255)9521234567899(17)261231(3940)0050",
        f"(00){SSCC}(4302)Street+1(4303)Floor+2(4307)DE",
        "(8018)952123456789012345(7250)19700101(7252)1(7258)1/2(7259)A",
        f"(01){GTIN}(01){GTIN}",
        f"(01){GTIN}(3100)000001(3100)000001",
    ],
)
def test_messages_in_order(text):
    assert read_bracketed(text).faults == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"(02){GTIN}", ["ai-required"]),
        (f"(02){GTIN}(37)12", ["ai-required"]),  # AI 37 wants the logistic unit too
        (f"(01){GTIN}(02){GTIN}(37)12(00){SSCC}", ["ai-not-allowed"]),
        (f"(01){GTIN}(235)A(21)B", ["ai-not-allowed"]),
        (f"(01){GTIN}(3100)000001(3101)000001", ["ai-not-allowed"]),
        (f"(01){GTIN}(250)B", ["ai-required"]),
        (f"(01){GTIN}(8041)123456789012346(8040)123456789012345", ["ai-required"]),
        (f"(01){GTIN}(21)A(8041)123456789012346", ["ai-required"]),
        (f"(01){GTIN}(427)BY", ["ai-required"]),
        (f"(01){GTIN}(8030)AbC-_9", ["ai-required"]),
        ("(253)9521234567899(8030)AbC-_9", ["serial-missing"]),
        ("(8003)00614141000036(8030)AbC-_9", ["serial-missing"]),
        (f"(00){SSCC}(4330)001234(4331)001234", ["ai-not-allowed"]),
        (f"(01){GTIN}(426)276(422)276", ["ai-not-allowed"]),
        (f"(00){SSCC}(420)12345(421)27612345(4307)DE", ["ai-not-allowed"]),
        (f"(01){GTIN}(01)09506000134352", ["repeated-ai"]),
        (f"(01){GTIN}(10)A(10)a", ["repeated-ai"]),
        (f"(01){GTIN}(3932)978123", ["ai-required"]),
    ],
)
def test_messages_out_of_order(text, codes):
    assert list(dict.fromkeys(fault.code for fault in read_bracketed(text).faults)) == codes
