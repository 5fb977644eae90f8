"""Reasons read in words, rising terms, and whether something happens more often than before."""

from __future__ import annotations

import numpy as np
import pytest

from profithunt.errors import ConfigError, UsageError
from profithunt.models import rate_changes
from profithunt.models.reasons import UNCLEAR, installed, learn, normal
from profithunt.proposition.listening import taxonomy

pytest.importorskip("sklearn", reason="needs the extra listening")

from profithunt.models.themes import rising


@pytest.fixture(scope="module")
def reader():
    return learn([pair for reason in taxonomy() for pair in reason.pairs()], clear=0.75)


def test_reasons_are_read_in_seven_languages_in_spite_of_slips(reader):
    said = {
        "the parcl arived totaly brokn and scratched": "damaged",
        "Paket ist beschädigt angekomen": "damaged",
        "toujours pas de rembousement": "refund",
        "quiero el rembolso de mi dinero": "refund",
        "le scarpe sono troppo strette": "size_fit",
        "tamanho errado, ficou muito apertado": "size_fit",
        "de kortingscode werkt niet": "price_promo",
    }
    assert dict(zip(said, reader.read(list(said)).reason.tolist(), strict=True)) == said


def test_what_says_nothing_stays_unclear(reader):
    found = reader.read(["ok", "12345", "", "[e-mail]", "zxqv wkjh", "see above"])
    assert set(found.reason.tolist()) == {UNCLEAR}
    assert len(reader.read([]).reason) == 0


def test_a_correction_is_learnt_and_its_text_has_it(reader):
    seeds = [pair for reason in taxonomy() for pair in reason.pairs()]
    said = "the gizmo wobbles"
    assert reader.read([said]).reason[0] == UNCLEAR
    taught = learn(seeds, [(said, "quality"), ("the gizmo is wobbling a lot", "quality")], clear=0.75)
    found = taught.read([said.upper(), "gizmo wobbles so much"])
    assert found.reason.tolist() == ["quality", "quality"]
    assert found.probability[0] == 1.0
    assert taught.quality.n_labels == 2


def test_what_it_says_of_itself_holds_on_phrases_that_it_did_not_see(reader):
    assert reader.quality.right_of_clear > 0.85
    assert 0.3 < reader.quality.clear < 0.9


def test_mistakes_are_said_plainly(monkeypatch):
    with pytest.raises(UsageError, match="nothing to tell apart"):
        learn([("a phrase", "one")])
    monkeypatch.setattr("profithunt.models.reasons.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"profithunt\[listening\]"):
        installed()


def test_texts_are_compared_without_case_accents_numbers_and_masks():
    assert normal("Größe 42, [e-mail] Café  38") == normal("GRÖSSE 7, cafe 1")


def test_a_new_theme_is_found_and_steady_ones_are_not():
    texts = [
        "moths in the flour bag",
        "found moths in my flour",
        "lovely colours",
        "moths crawling out of flour",
        "nice scarf",
    ]
    lately, before = np.array([9.0, 8.0, 20.0, 7.0, 6.0]), np.array([0.0, 1.0, 60.0, 0.0, 18.0])
    found = rising(texts, lately, before, known=["the colour faded"])
    assert found[0].words in {"moths", "flour", "moths in"}
    assert {word for one in found for word in one.words.split()} & {"lovely", "scarf", "nice"} == set()
    assert found[0].texts[0] == 0
    assert rising(texts, lately, np.zeros(5), known=[]) == []
    assert rising(["?? !!"], np.array([9.0]), np.array([9.0]), known=[]) == []


def test_a_rate_that_doubled_rises_and_noise_does_not():
    random = np.random.default_rng(3)
    steady = {f"s{at}": {week: int(random.poisson(12)) for week in range(16)} for at in range(30)}
    doubled = {"up": {week: int(random.poisson(30 if week < 4 else 12)) for week in range(16)}}
    found = rate_changes.compare({**steady, **doubled}, dict.fromkeys(range(16), 1000), 4, 16)
    assert found["up"].verdict == "rising"
    assert found["up"].low < 2.5 < found["up"].high
    assert sum(one.verdict != "level" for name, one in found.items() if name != "up") <= 1


def test_more_of_everything_is_no_trend_where_orders_grew_as_much():
    counts = {"a": {week: 40 if week < 4 else 20 for week in range(16)}}
    orders = {week: 2000 if week < 4 else 1000 for week in range(16)}
    assert rate_changes.compare(counts, orders, 4, 16)["a"].verdict == "level"
    assert rate_changes.compare(counts, dict.fromkeys(range(16), 1000), 4, 16)["a"].verdict == "rising"


def test_counts_that_scatter_more_than_chance_need_more_to_be_believed():
    burst = {"a": {0: 60, **dict.fromkeys(range(1, 16), 0), 9: 55, 12: 50}}
    assert rate_changes.compare(burst, dict.fromkeys(range(16), 100), 4, 16)["a"].verdict == "level"


def test_nothing_before_is_no_ratio_and_nothing_at_all_is_level():
    found = rate_changes.compare({"new": {0: 9, 1: 11, 2: 10, 3: 8}, "none": {}}, dict.fromkeys(range(16), 500), 4, 16)
    assert (found["new"].ratio, found["new"].verdict) == (None, "rising")
    assert found["none"].verdict == "level"
    assert rate_changes.compare({}, {}, 4, 16) == {}
