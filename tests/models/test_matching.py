"""Offers are matched to SKUs on labelled pairs; trade item numbers and contents are read as they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from profithunt.models.matching import Catalogue, Offer, Product
from profithunt.models.matching.codes import check_digit, gtin, is_global, is_outer
from profithunt.models.matching.packs import Content, compare, content
from truth import price_matching

DIGITS = st.text("0123456789", min_size=12, max_size=12).filter(lambda body: body.strip("0"))


@pytest.fixture(scope="module")
def judged():
    return price_matching.judged()


@pytest.mark.parametrize("split", ["", *price_matching.SPLITS])
def test_labelled_pairs_are_matched_without_a_mistake_and_most_without_a_person(judged, split):
    part = [one for one in judged if split in one.split]
    got = price_matching.score(part)
    assert got.n >= 200
    assert not [(one.title, one.match.sku, one.match.reason) for one in got.wrong]
    assert got.recall >= price_matching.RECALL
    assert got.offered >= price_matching.OFFERED


def test_what_a_person_must_look_at_is_never_taken(judged):
    doubtful = [one for one in judged if one.truth == "doubtful"]
    assert doubtful
    assert not [one.title for one in doubtful if one.match.level == "taken"]


def test_an_offer_of_goods_that_are_not_in_the_range_is_taken_for_none():
    assert not [(match.offer.title, match.sku) for match in price_matching.taken_without_their_sku()]


def test_the_order_of_the_catalogue_changes_nothing(judged):
    turned = Catalogue(price_matching.products()[::-1])
    for one, row in zip(judged, price_matching.labelled(), strict=True):
        again = turned.one(price_matching.offer_of(row))
        assert (again.level, again.packs) == (one.match.level, one.match.packs), one.title
        if again.level == "taken":
            assert again.sku == one.match.sku


def test_without_names_a_trade_item_number_alone_is_not_enough():
    catalogue = Catalogue([Product("a", "Vase blau 30 cm", "Rosenthal", "4006381333931")])
    found = catalogue.one(Offer("x", "1", title="", gtin="4006381333931"))
    assert (found.level, found.sku) == ("review", "a")


def test_a_number_of_the_rivals_own_is_no_evidence():
    body = "201234500000"
    own = Product("a", "Rinderhack 500 g", "Metzger", body + str(check_digit(body)))
    assert Catalogue([own]).one(Offer("x", "1", title="Käse 300 g", gtin=own.gtin)).level == "none"


def test_a_price_far_off_is_looked_at_whatever_speaks_for_it():
    own = Product("a", "Akku Bohrer X1", "Makita", "4006381333931", price=200.0)
    offer = Offer("x", "1", title="Makita Akku Bohrer X1", brand="Makita", gtin="4006381333931")
    assert Catalogue([own]).one(offer).level == "taken"
    cheap = Offer("x", "1", title="Makita Akku Bohrer X1", brand="Makita", gtin="4006381333931", price=20.0)
    assert Catalogue([own]).one(cheap).level == "review"


@pytest.mark.parametrize("without", [(), ("brand",), ("brand", "model")])
def test_a_catalogue_that_has_its_brands_in_the_names_is_matched_without_a_mistake_too(without):
    named = [replace(one, name=f"{one.brand} {one.name}", brand="") for one in price_matching.products()]
    catalogue = Catalogue(named)
    wrong, right = [], 0
    for row in price_matching.labelled():
        offer = replace(price_matching.offer_of(row), **dict.fromkeys(without, ""))
        found = catalogue.one(offer)
        if found.level == "taken":
            good = row["truth"] == "same" and found.sku == row["sku"]
            right += good
            wrong += [] if good else [offer.title]
    assert not wrong
    assert right >= 90


def test_of_two_packs_in_the_range_the_one_offered_is_meant():
    catalogue = Catalogue([Product("six", "Cola Dose 6 x 330 ml", "Kola"), Product("one", "Cola Dose 330 ml", "Kola")])
    for title, sku in (("Kola Cola Dosen 6x0,33l", "six"), ("Kola Cola Dose 0,33 l", "one")):
        found = catalogue.one(Offer("x", title, title=title, brand="Kola"))
        assert (found.level, found.sku, found.packs) == ("taken", sku, 1.0)


# Trade item numbers


@given(DIGITS)
def test_a_number_is_the_same_however_it_is_written(body):
    number = body + str(check_digit(body))
    wanted = number.zfill(14)
    spaced = f" {number[0]} {number[1:7]}-{number[7:]} "
    assert {gtin(number), gtin(spaced), gtin("0" + number), gtin(f"EAN: {number}")} == {wanted}
    if number.startswith("0"):
        assert gtin(number[1:]) == wanted


@given(DIGITS, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body, place, off):
    number = body + str(check_digit(body))
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    assert gtin(wrong) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text):
    found = gtin(text)
    assert found is None or (len(found) == 14 and check_digit(found[:-1]) == int(found[-1]))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3-16-148410-X", "09783161484100"),
        ("080442957X", "09780804429573"),
        ("40170725", "00000040170725"),
        ("036000291452", "00036000291452"),
        ("0000000000000", None),
        ("4006381333932", None),
        ("4.00638E+12", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_of_all_kinds(text, wanted):
    assert gtin(text) == wanted


def test_numbers_that_mean_something_in_one_shop_or_a_carton_are_told_apart():
    assert not is_global("02012345000002")
    assert is_global("04006381333931")
    assert is_outer("14006381333938")
    assert not is_outer("04006381333931")


# Contents


@pytest.mark.parametrize(
    ("text", "amount", "kind", "counted"),
    [
        ("Cola 6 x 330 ml", 1980, "ml", None),
        ("Cola 330ml x 6", 1980, "ml", None),
        ("Cola 24*0,33l Tray", 7920, "ml", None),
        ("Wasser 6er-Träger 1,5 l", 9000, "ml", None),
        ("Kaffee 2er-Pack (2 x 500 g)", 1000, "g", None),
        ("Kaffee Doppelpack 500 g", 1000, "g", None),
        ("Zucker 1.000 g", 1000, "g", None),
        ("Reis 1.000 kg", 1000, "g", None),
        ("Müsli 500g (1 kg = 7,98 €)", 500, "g", None),
        ("acqua confezione da 6 x 1 l", 6000, "ml", None),
        ("dentífrico pack 2 x 75 ml", 150, "ml", None),
        ("Bier 4 x 6 x 0,5 l", 12000, "ml", None),
        ("Pepsi 12 fl oz (355 ml)", 354.88, "ml", None),
        ("Batterien AA 4 Stück", None, None, 4),
        ("Batterien AA 4er Pack", None, None, 4),
        ("piles AA lot de 4", None, None, 4),
        ("stuks: 36 stuks", None, None, 36),
        ("Tabs All in 1, 60 Stk.", None, None, 60),
        ("Galaxy A54 5G 128 GB", None, None, None),
        ("Bettwäsche 135 x 200 cm", None, None, None),
        ("Energy 4 Stück 250 ml", 250, "ml", 4),
    ],
)
def test_contents_are_read_in_several_languages(text, amount, kind, counted):
    found = content(text)
    assert (found.amount if amount is None else found.amount == pytest.approx(amount, rel=1e-3)) in (None, True)
    assert (found.kind, found.counted) == (kind, counted)


AMOUNTS = st.integers(1, 2_000)
PACKS = st.integers(1, 48)


@given(PACKS, AMOUNTS)
def test_the_same_contents_are_the_same_in_any_words(packs, amount):
    ways = [
        f"{packs} x {amount} ml",
        f"{packs}x{amount}ml",
        f"{amount} ml x {packs}",
        f"{packs} × {amount / 1000:.3f} l",
        f"{packs} x {str(amount / 10).replace('.', ',')} cl",
    ]
    first = content(ways[0])
    assert first.amount == pytest.approx(packs * amount)
    for way in ways[1:]:
        assert compare(first, content(way)).same, way


@given(PACKS, AMOUNTS, PACKS, AMOUNTS, st.floats(0.01, 500))
def test_the_price_of_a_unit_does_not_depend_on_the_pack(packs, amount, others, other, price):
    own, theirs = content(f"{packs} x {amount} g"), content(f"{others} x {other} g")
    ratio, back = compare(own, theirs).ratio, compare(theirs, own).ratio
    assert ratio is not None
    assert back is not None
    assert ratio * back == pytest.approx(1, rel=0.05)
    assert price * ratio / (packs * amount) == pytest.approx(price / (others * other), rel=0.03)


@given(st.text())
def test_any_text_holds_something_or_nothing(text):
    found = content(text)
    assert found.packs >= 1
    assert found.amount is None or found.amount > 0
    assert compare(found, found).ratio in (1.0, None)


def test_contents_of_two_kinds_are_not_compared():
    assert compare(Content(500, "g", stated=True), Content(500, "ml", stated=True)).ratio is None
    assert compare(Content(500, "g", stated=True), Content()).sure is False
