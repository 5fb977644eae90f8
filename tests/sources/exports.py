"""Made-up exports of one small retailer, in the shapes and languages of many systems, with the mapping that is right."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass
class World:
    """Products, customers, orders with lines, shipments, returns, spend: the truth behind every export."""

    products: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    shipments: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    spend: list[Row] = field(default_factory=list)
    stock: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)


CATEGORIES = ("Shoes", "Bags", "Coats", "Hats", "Shirts")
BRANDS = ("Nordwind", "Alba", "Kesto", "Ruma")
COUNTRIES = ("DE", "FR", "NL", "SE", "PL")


def world(seed: int = 11, orders: int = 240) -> World:
    """The retailer, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311  made-up data
    made = World()
    for number in range(90):
        price = Decimal(dice.randint(490, 15990)) / 100
        made.products.append(
            {
                "sku": f"A-{1000 + number}",
                "name": f"{dice.choice(BRANDS)} {dice.choice(CATEGORIES)[:-1]} {number}",
                "category": CATEGORIES[number % 5],
                "brand": BRANDS[number % 4],
                "list_price": price + Decimal(dice.choice((0, 0, 500))) / 100,
                "price": price,
                "cost": (price * Decimal("0.55")).quantize(Decimal("0.01")),
                "ean": str(4006381000000 + number * 7),
                "weight": dice.randint(120, 2400),
            }
        )
    for number in range(110):
        made.customers.append(
            {
                "id": f"K{20000 + number * 3}",
                "name": f"{dice.choice(('Anna', 'Jonas', 'Marie', 'Luca', 'Eva'))} {dice.choice(('Berg', 'Costa', 'Novak', 'Laurent'))}{number}",
                "email": f"person{number}@example.com",
                "country": COUNTRIES[number % 5],
                "region": f"Region {number % 7}",
                "postcode": f"{10000 + number * 37}",
                "joined": dt.date(2021, 1, 1) + dt.timedelta(days=dice.randrange(700)),
                "newsletter": dice.choice(("yes", "no")),
            }
        )
    for number in range(orders):
        who = dice.choice(made.customers)
        at = dt.datetime(2023, 1, 2, 8) + dt.timedelta(hours=dice.randrange(24 * 360), minutes=dice.randrange(60))
        order = {
            "id": str(700100 + number),
            "at": at,
            "who": who,
            "status": dice.choice(("complete", "complete", "complete", "processing")),
            "payment": dice.choice(("card", "paypal", "invoice")),
            "method": dice.choice(("standard", "express")),
            "shipping": dice.choice((Decimal("0.00"), Decimal("4.90"), Decimal("7.90"))),
            "channel": dice.choice(("web", "app", "marketplace")),
            "store": f"S{1 + number % 6:02d}",
            "lines": [],
        }
        for position, product in enumerate(dice.sample(made.products, dice.randint(1, 4)), start=1):
            quantity = dice.choice((1, 1, 2, 3, 5))
            off = (product["price"] * quantity * Decimal(dice.choice((0, 0, 0, 10, 20))) / 100).quantize(
                Decimal("0.01")
            )
            total = product["price"] * quantity
            line = {
                "order": order,
                "no": position,
                "id": 50000 + len(made.lines),
                "product": product,
                "quantity": quantity,
                "price": product["price"],
                "discount": off,
                "gross": total,
                "net": total - off,
                "tax": ((total - off) * Decimal("0.21")).quantize(Decimal("0.01")),
            }
            order["lines"].append(line)
            made.lines.append(line)
            if dice.random() < 0.08:
                made.returns.append(
                    {
                        "id": f"R{900 + len(made.returns)}",
                        "line": line,
                        "at": at + dt.timedelta(days=9),
                        "reason": dice.choice(("too small", "damaged", "late")),
                    }
                )
        order["total"] = sum((line["net"] for line in order["lines"]), Decimal(0)) + order["shipping"]
        made.orders.append(order)
        made.shipments.append(
            {
                "id": f"P{5550000 + number}",
                "order": order,
                "carrier": dice.choice(("DHL", "UPS", "PostNL")),
                "sent": at + dt.timedelta(days=1),
                "due": at + dt.timedelta(days=4),
                "there": at + dt.timedelta(days=dice.choice((2, 3, 4, 6))),
                "cost": Decimal(dice.randint(310, 890)) / 100,
            }
        )
    for day in range(60):
        for campaign in ("brand", "shoes", "sale"):
            made.spend.append(
                {
                    "day": dt.date(2023, 3, 1) + dt.timedelta(days=day),
                    "campaign": campaign,
                    "channel": dice.choice(("google", "meta")),
                    "keyword": f"{campaign} {day % 5}",
                    "impressions": dice.randint(400, 9000),
                    "clicks": dice.randint(5, 300),
                    "cost": Decimal(dice.randint(500, 9000)) / 100,
                }
            )
    for product in made.products:
        for month in (1, 2, 3):
            made.stock.append(
                {
                    "day": dt.date(2023, month, 28),
                    "product": product,
                    "place": f"W{month % 2}",
                    "units": dice.randint(0, 80),
                }
            )
    for number, line in enumerate(made.lines[::6]):
        made.reviews.append(
            {
                "id": number + 1,
                "line": line,
                "at": line["order"]["at"] + dt.timedelta(days=20),
                "stars": dice.randint(1, 5),
                "text": dice.choice(("good and fast", "not as described at all", "fine thanks")),
            }
        )
    for number, order in enumerate(made.orders[::7]):
        made.contacts.append(
            {
                "id": f"T-{number}",
                "at": order["at"] + dt.timedelta(days=3),
                "order": order,
                "medium": dice.choice(("phone", "chat", "mail")),
                "reason": dice.choice(("where is it", "damaged", "invoice")),
                "minutes": dice.randint(2, 25),
            }
        )
    return made


@dataclass(frozen=True)
class File:
    """One file of an export: name, rows, heading → value; `right` is table → canonical column → heading."""

    name: str
    rows: str
    columns: dict[str, Callable[[Row], Any]]
    right: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Export:
    """An export: its files, and how it writes."""

    name: str
    language: str
    files: tuple[File, ...]
    delimiter: str = ","
    comma: bool = False
    day: str = "%Y-%m-%d %H:%M:%S"

    def save(self, made: World, folder: Path) -> Path:
        """Write the files."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            with (folder / file.name).open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, delimiter=self.delimiter)
                writer.writerow(file.columns)
                for row in getattr(made, file.rows):
                    writer.writerow([self._shown(value(row)) for value in file.columns.values()])
        return folder

    def _shown(self, value: Any) -> str:
        if isinstance(value, Decimal):
            text = f"{value:.2f}"
            return text.replace(".", ",") if self.comma else text
        if isinstance(value, dt.datetime):
            return value.strftime(self.day)
        if isinstance(value, dt.date):
            return value.strftime(self.day.split(" ")[0])
        return str(value)


def lines(
    headings: Sequence[str], name: str, *, extra: dict[str, Callable[[Row], Any]] | None = None, total: bool = True
) -> File:
    """Order, position, item, quantity, price, (line total)."""
    order, position, item, quantity, price, *amount = headings
    columns: dict[str, Callable[[Row], Any]] = {
        order: lambda row: row["order"]["id"],
        position: lambda row: row["no"],
        item: lambda row: row["product"]["sku"],
        quantity: lambda row: row["quantity"],
        price: lambda row: row["price"],
    }
    right = {"order_id": order, "line_no": position, "sku": item, "quantity": quantity, "unit_price": price}
    if total and amount:
        columns[amount[0]] = lambda row: row["gross"]
        right["line_amount"] = amount[0]
    return File(name, "lines", {**columns, **(extra or {})}, {"order_lines": right})


def orders(headings: Sequence[str], name: str) -> File:
    """Order, date, customer, payment, delivery charge, total."""
    order, day, who, payment, shipping, total = headings
    return File(
        name,
        "orders",
        {
            order: lambda row: row["id"],
            day: lambda row: row["at"],
            who: lambda row: row["who"]["id"],
            payment: lambda row: row["payment"],
            shipping: lambda row: row["shipping"],
            total: lambda row: row["total"],
        },
        {
            "orders": {
                "order_id": order,
                "ordered_at": day,
                "customer_id": who,
                "payment_method": payment,
                "shipping_charged": shipping,
            }
        },
    )


def products(headings: Sequence[str], name: str) -> File:
    """Item, name, category, brand, cost, list price."""
    item, told, category, brand, cost, price = headings
    return File(
        name,
        "products",
        {
            item: lambda row: row["sku"],
            told: lambda row: row["name"],
            category: lambda row: row["category"],
            brand: lambda row: row["brand"],
            cost: lambda row: row["cost"],
            price: lambda row: row["list_price"],
        },
        {
            "products": {
                "sku": item,
                "name": told,
                "category": category,
                "brand": brand,
                "unit_cost": cost,
                "list_price": price,
            }
        },
    )


def customers(headings: Sequence[str], name: str) -> File:
    """Customer, name, e-mail, country, postcode, registered."""
    who, told, email, country, postcode, joined = headings
    return File(
        name,
        "customers",
        {
            who: lambda row: row["id"],
            told: lambda row: row["name"],
            email: lambda row: row["email"],
            country: lambda row: row["country"],
            postcode: lambda row: row["postcode"],
            joined: lambda row: row["joined"],
        },
        {"customers": {"customer_id": who, "country": country, "postcode": postcode, "joined_at": joined}},
    )


def returns(headings: Sequence[str], name: str) -> File:
    """Return, order, item, quantity, refund, day, reason."""
    key, order, item, quantity, refund, day, reason = headings
    return File(
        name,
        "returns",
        {
            key: lambda row: row["id"],
            order: lambda row: row["line"]["order"]["id"],
            item: lambda row: row["line"]["product"]["sku"],
            quantity: lambda row: row["line"]["quantity"],
            refund: lambda row: row["line"]["net"],
            day: lambda row: row["at"],
            reason: lambda row: row["reason"],
        },
        {
            "returns": {
                "return_id": key,
                "order_id": order,
                "sku": item,
                "quantity": quantity,
                "refund": refund,
                "returned_at": day,
                "reason": reason,
            }
        },
    )


def shipments(headings: Sequence[str], name: str) -> File:
    """Parcel, order, carrier, sent, due, delivered, cost."""
    key, order, carrier, sent, due, there, cost = headings
    return File(
        name,
        "shipments",
        {
            key: lambda row: row["id"],
            order: lambda row: row["order"]["id"],
            carrier: lambda row: row["carrier"],
            sent: lambda row: row["sent"],
            due: lambda row: row["due"],
            there: lambda row: row["there"],
            cost: lambda row: row["cost"],
        },
        {
            "shipments": {
                "shipment_id": key,
                "order_id": order,
                "carrier": carrier,
                "dispatched_at": sent,
                "promised_at": due,
                "delivered_at": there,
                "shipping_cost": cost,
            }
        },
    )


def spend(headings: Sequence[str], name: str) -> File:
    """Day, campaign, keyword, impressions, clicks, cost."""
    day, campaign, keyword, shown, clicks, cost = headings
    return File(
        name,
        "spend",
        {
            day: lambda row: row["day"],
            campaign: lambda row: row["campaign"],
            keyword: lambda row: row["keyword"],
            shown: lambda row: row["impressions"],
            clicks: lambda row: row["clicks"],
            cost: lambda row: row["cost"],
        },
        {
            "ad_spend": {
                "spent_on": day,
                "campaign": campaign,
                "keyword": keyword,
                "impressions": shown,
                "clicks": clicks,
                "cost": cost,
            }
        },
    )


def stock(headings: Sequence[str], name: str) -> File:
    """Day, item, place, units."""
    day, item, place, units = headings
    return File(
        name,
        "stock",
        {
            day: lambda row: row["day"],
            item: lambda row: row["product"]["sku"],
            place: lambda row: row["place"],
            units: lambda row: row["units"],
        },
        {"stock": {"counted_on": day, "sku": item, "place_id": place, "on_hand": units}},
    )


EXPORTS = (
    Export(
        "german shop",
        "de",
        (
            lines(
                ("Bestellnummer", "Pos", "Artikelnummer", "Menge", "Einzelpreis", "Gesamtpreis"),
                "Bestellpositionen.csv",
            ),
            orders(
                ("Bestellnummer", "Bestelldatum", "Kundennummer", "Zahlungsart", "Versandkosten", "Rechnungsbetrag"),
                "Bestellungen.csv",
            ),
            products(
                ("Artikelnummer", "Bezeichnung", "Warengruppe", "Hersteller", "Einkaufspreis", "Listenpreis"),
                "Artikelstamm.csv",
            ),
            customers(("Kundennummer", "Name", "E-Mail", "Land", "PLZ", "Kunde seit"), "Kunden.csv"),
            returns(
                ("Retourennummer", "Bestellnummer", "Artikelnummer", "Menge", "Erstattung", "Retourendatum", "Grund"),
                "Retouren.csv",
            ),
        ),
        ";",
        True,
        "%d.%m.%Y %H:%M",
    ),
    Export(
        "french shop",
        "fr",
        (
            lines(("N° commande", "Ligne", "Référence", "Qté", "Prix unitaire", "Montant"), "lignes_commandes.csv"),
            orders(
                ("N° commande", "Date de commande", "Code client", "Mode de paiement", "Frais de port", "Total TTC"),
                "commandes.csv",
            ),
            products(
                ("Référence", "Désignation", "Famille", "Marque", "Prix d'achat", "Prix catalogue"), "produits.csv"
            ),
            shipments(
                (
                    "Numéro de colis",
                    "N° commande",
                    "Transporteur",
                    "Date d'expédition",
                    "Livraison prévue",
                    "Date de livraison",
                    "Coût de transport",
                ),
                "expeditions.csv",
            ),
        ),
        ";",
        True,
        "%d/%m/%Y %H:%M",
    ),
    Export(
        "spanish shop",
        "es",
        (
            lines(
                ("Nº pedido", "Línea", "Código artículo", "Cantidad", "Precio unitario", "Importe"), "lineas_pedido.csv"
            ),
            orders(
                ("Nº pedido", "Fecha pedido", "Id cliente", "Forma de pago", "Gastos de envío", "Importe total"),
                "pedidos.csv",
            ),
            customers(
                ("Id cliente", "Nombre", "Correo electrónico", "País", "Código postal", "Fecha de alta"), "clientes.csv"
            ),
            returns(
                (
                    "Id devolución",
                    "Nº pedido",
                    "Código artículo",
                    "Cantidad",
                    "Importe reembolsado",
                    "Fecha devolución",
                    "Motivo",
                ),
                "devoluciones.csv",
            ),
        ),
        ";",
        True,
        "%d/%m/%Y %H:%M",
    ),
    Export(
        "portuguese shop",
        "pt",
        (
            lines(
                ("Número do pedido", "Item do pedido", "Código do produto", "Qtd", "Preço unitário", "Valor total"),
                "itens_pedido.csv",
            ),
            orders(
                (
                    "Número do pedido",
                    "Data do pedido",
                    "Código do cliente",
                    "Forma de pagamento",
                    "Frete",
                    "Total do pedido",
                ),
                "pedidos.csv",
            ),
            products(
                ("Código do produto", "Descrição", "Categoria", "Marca", "Preço de custo", "Preço de tabela"),
                "produtos.csv",
            ),
        ),
        ";",
        True,
        "%d/%m/%Y %H:%M",
    ),
    Export(
        "italian shop",
        "it",
        (
            lines(
                ("Numero ordine", "Riga", "Codice articolo", "Quantità", "Prezzo unitario", "Importo"),
                "righe_ordine.csv",
            ),
            orders(
                (
                    "Numero ordine",
                    "Data ordine",
                    "Codice cliente",
                    "Metodo di pagamento",
                    "Spese di spedizione",
                    "Totale ordine",
                ),
                "ordini.csv",
            ),
            stock(("Data inventario", "Codice articolo", "Magazzino", "Giacenza"), "giacenze.csv"),
        ),
        ";",
        True,
        "%d/%m/%Y %H:%M",
    ),
    Export(
        "dutch shop",
        "nl",
        (
            lines(("Bestelnummer", "Regel", "Artikelcode", "Aantal", "Stukprijs", "Regeltotaal"), "orderregels.csv"),
            orders(
                ("Bestelnummer", "Besteldatum", "Klantnummer", "Betaalmethode", "Verzendkosten", "Totaalbedrag"),
                "bestellingen.csv",
            ),
            shipments(
                (
                    "Trackingnummer",
                    "Bestelnummer",
                    "Vervoerder",
                    "Verzonden op",
                    "Verwachte levering",
                    "Bezorgd op",
                    "Transportkosten",
                ),
                "zendingen.csv",
            ),
        ),
        ";",
        True,
        "%d-%m-%Y %H:%M",
    ),
    Export(
        "polish shop",
        "pl",
        (
            lines(("Nr zamówienia", "Lp", "Kod produktu", "Ilość", "Cena jednostkowa", "Wartość"), "pozycje.csv"),
            orders(
                (
                    "Nr zamówienia",
                    "Data zamówienia",
                    "Nr klienta",
                    "Forma płatności",
                    "Koszt dostawy",
                    "Wartość zamówienia",
                ),
                "zamowienia.csv",
            ),
            products(
                ("Kod produktu", "Nazwa", "Kategoria", "Producent", "Cena zakupu", "Cena katalogowa"), "towary.csv"
            ),
        ),
        ";",
        True,
        "%d.%m.%Y %H:%M",
    ),
    Export(
        "swedish shop",
        "sv",
        (
            lines(("Ordernummer", "Rad", "Artikelnr", "Antal", "À-pris", "Radsumma"), "orderrader.csv"),
            orders(("Ordernummer", "Orderdatum", "Kundnr", "Betalsätt", "Frakt", "Ordersumma"), "ordrar.csv"),
            customers(("Kundnr", "Namn", "E-post", "Land", "Postnummer", "Registrerad"), "kunder.csv"),
        ),
        ";",
        True,
        "%Y-%m-%d %H:%M",
    ),
    Export(
        "japanese shop",
        "ja",
        (
            lines(("注文番号", "明細番号", "商品コード", "数量", "単価", "金額"), "注文明細.csv"),
            orders(("注文番号", "注文日", "会員番号", "支払方法", "送料", "合計金額"), "注文.csv"),
            products(("商品コード", "商品名", "カテゴリ", "ブランド", "原価", "定価"), "商品マスタ.csv"),
        ),
        ",",
        False,
        "%Y/%m/%d %H:%M",
    ),
    Export(
        "english advertiser",
        "en",
        (
            lines(("Order #", "Line", "Item SKU", "Qty", "Price Each", "Line Total"), "order_items.csv"),
            orders(("Order #", "Order Date", "Customer No.", "Tender", "Delivery Charge", "Order Total"), "orders.csv"),
            spend(("Day", "Campaign", "Search keyword", "Impr.", "Clicks", "Cost"), "google ads.csv"),
            stock(("Snapshot Date", "SKU", "Location", "Qty On Hand"), "inventory.csv"),
        ),
        ",",
        False,
        "%m/%d/%Y %H:%M",
    ),
    Export(
        "magento tables",
        "en",
        (
            File(
                "sales_order.csv",
                "orders",
                {
                    "entity_id": lambda row: row["id"],
                    "state": lambda row: row["status"],
                    "increment_id": lambda row: f"0000{row['id']}",
                    "customer_id": lambda row: row["who"]["id"],
                    "grand_total": lambda row: row["total"],
                    "shipping_amount": lambda row: row["shipping"],
                    "created_at": lambda row: row["at"],
                    "shipping_method": lambda row: row["method"],
                },
                {
                    "orders": {
                        "order_id": "entity_id",
                        "ordered_at": "created_at",
                        "customer_id": "customer_id",
                        "shipping_charged": "shipping_amount",
                        "delivery_option": "shipping_method",
                    }
                },
            ),
            File(
                "sales_order_item.csv",
                "lines",
                {
                    "item_id": lambda row: row["id"],
                    "order_id": lambda row: row["order"]["id"],
                    "sku": lambda row: row["product"]["sku"],
                    "name": lambda row: row["product"]["name"],
                    "qty_ordered": lambda row: f"{row['quantity']}.0000",
                    "price": lambda row: row["price"],
                    "row_total": lambda row: row["gross"],
                    "discount_amount": lambda row: row["discount"],
                    "tax_amount": lambda row: row["tax"],
                    "base_cost": lambda row: row["product"]["cost"],
                },
                {
                    "order_lines": {
                        "order_id": "order_id",
                        "line_no": "item_id",
                        "sku": "sku",
                        "quantity": "qty_ordered",
                        "unit_price": "price",
                        "line_amount": "row_total",
                        "discount": "discount_amount",
                        "tax": "tax_amount",
                        "unit_cost": "base_cost",
                    }
                },
            ),
        ),
    ),
    Export(
        "marketplace report",
        "en",
        (
            File(
                "report.txt",
                "lines",
                {
                    "amazon-order-id": lambda row: f"302-{row['order']['id']}-11",
                    "purchase-date": lambda row: row["order"]["at"],
                    "order-status": lambda row: "Shipped" if row["id"] % 9 else "Cancelled",
                    "sales-channel": lambda _: "Amazon.de",
                    "ship-service-level": lambda row: row["order"]["method"],
                    "product-name": lambda row: row["product"]["name"],
                    "sku": lambda row: row["product"]["sku"],
                    "quantity": lambda row: row["quantity"],
                    "currency": lambda _: "EUR",
                    "item-price": lambda row: row["gross"],
                    "item-tax": lambda row: row["tax"],
                    "ship-country": lambda row: row["order"]["who"]["country"],
                    "ship-postal-code": lambda row: row["order"]["who"]["postcode"],
                },
                {
                    "order_lines": {
                        "order_id": "amazon-order-id",
                        "sku": "sku",
                        "quantity": "quantity",
                        "line_amount": "item-price",
                    },
                    "orders": {
                        "ordered_at": "purchase-date",
                        "country": "ship-country",
                        "postcode": "ship-postal-code",
                        "currency": "currency",
                        "delivery_option": "ship-service-level",
                    },
                },
            ),
        ),
        "\t",
    ),
    Export(
        "till roll with misleading names",
        "en",
        (
            File(
                "pos export.csv",
                "lines",
                {
                    "ticket": lambda row: row["order"]["id"],
                    "at": lambda row: row["order"]["at"],
                    "shop": lambda row: row["order"]["store"],
                    "article": lambda row: row["product"]["sku"],
                    "text": lambda row: row["product"]["name"],
                    "number": lambda row: row["quantity"],
                    "price": lambda row: row["gross"],
                    "each": lambda row: row["price"],
                    "paid by": lambda row: row["order"]["payment"],
                },
                {
                    "order_lines": {
                        "order_id": "ticket",
                        "sku": "article",
                        "quantity": "number",
                        "unit_price": "each",
                        "line_amount": "price",
                    },
                    "orders": {"ordered_at": "at", "store_id": "shop", "payment_method": "paid by"},
                },
            ),
        ),
    ),
    Export(
        "grocery baskets without prices",
        "en",
        (
            File(
                "order_products.csv",
                "lines",
                {
                    "order_id": lambda row: row["order"]["id"],
                    "product_id": lambda row: row["product"]["ean"],
                    "add_to_cart_order": lambda row: row["no"],
                    "reordered": lambda row: row["id"] % 2,
                },
                {"order_lines": {"order_id": "order_id", "sku": "product_id", "line_no": "add_to_cart_order"}},
            ),
            File(
                "products.csv",
                "products",
                {
                    "product_id": lambda row: row["ean"],
                    "product_name": lambda row: row["name"],
                    "department": lambda row: row["category"],
                },
                {"products": {"sku": "product_id", "name": "product_name", "category": "department"}},
            ),
        ),
    ),
    Export(
        "service and reviews",
        "en",
        (
            lines(("order_id", "line_number", "sku", "quantity", "unit_price", "line_total"), "order_lines.csv"),
            orders(
                ("order_id", "created_at", "customer_id", "payment_method", "shipping_fee", "total_price"), "orders.csv"
            ),
            File(
                "reviews.csv",
                "reviews",
                {
                    "review_id": lambda row: row["id"],
                    "sku": lambda row: row["line"]["product"]["sku"],
                    "order_id": lambda row: row["line"]["order"]["id"],
                    "stars": lambda row: row["stars"],
                    "comment": lambda row: row["text"],
                    "created_at": lambda row: row["at"],
                },
                {
                    "reviews": {
                        "review_id": "review_id",
                        "sku": "sku",
                        "order_id": "order_id",
                        "rating": "stars",
                        "verbatim": "comment",
                        "reviewed_at": "created_at",
                    }
                },
            ),
            File(
                "tickets.csv",
                "contacts",
                {
                    "ticket_id": lambda row: row["id"],
                    "opened_at": lambda row: row["at"],
                    "order_id": lambda row: row["order"]["id"],
                    "contact_channel": lambda row: row["medium"],
                    "reason": lambda row: row["reason"],
                    "handling_time": lambda row: row["minutes"],
                },
                {
                    "contacts": {
                        "contact_id": "ticket_id",
                        "contacted_at": "opened_at",
                        "order_id": "order_id",
                        "medium": "contact_channel",
                        "reason": "reason",
                        "minutes": "handling_time",
                    }
                },
            ),
        ),
    ),
)
