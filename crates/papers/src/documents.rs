//! Invoices and packing slips: pages fit for printing.

use serde::Serialize;

use crate::{
    engine::{PaperError, render},
    locale::Locale,
    values::{NamedUnits, PaperLine, Sums},
};

/// Seller or customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Lines of name and address.
    pub lines: Vec<String>,
    /// Mail address.
    pub mail: Option<String>,
}

/// Sums of what is taxed at one rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TaxSum {
    /// Rate in parts per million.
    pub ppm: i64,
    /// Amount without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Amount with tax.
    pub gross: i64,
}

/// Refund, as a correction of an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CreditNote {
    /// Number.
    pub number: String,
    /// Time of issue, in milliseconds since 1970 UTC.
    pub issued_at_ms: i64,
    /// Reason that was given.
    pub reason: Option<String>,
    /// Titles of lines with what goes back of each.
    pub lines: Vec<(String, i64)>,
    /// Amount of the delivery that goes back.
    pub delivery: i64,
    /// Amount beyond lines and delivery, which has no tax.
    pub goodwill: i64,
    /// Amount that goes back.
    pub total: i64,
    /// Tax within it.
    pub tax: i64,
}

/// Invoice of an order. What the marketplace and the seller settle between them is no part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// Name of the marketplace.
    pub shop: String,
    /// Number of the invoice.
    pub number: String,
    /// Number of the order.
    pub order: String,
    /// Currency of all amounts, ISO 4217.
    pub currency: String,
    /// True if prices have their tax within.
    pub tax_included: bool,
    /// Time of issue, in milliseconds since 1970 UTC.
    pub issued_at_ms: i64,
    /// Time of the order, in milliseconds since 1970 UTC.
    pub ordered_at_ms: i64,
    /// Time at which goods were first sent; none before it.
    pub supplied_at_ms: Option<i64>,
    /// Seller.
    pub seller: Party,
    /// Customer.
    pub customer: Party,
    /// Lines.
    pub lines: Vec<PaperLine>,
    /// Delivery; none if nothing is sent.
    pub delivery: Option<PaperLine>,
    /// Sums.
    pub sums: Sums,
    /// Taxes by rate, see [`TaxSum::by_rate`].
    pub taxes: Vec<TaxSum>,
    /// Amount that was cancelled after the issue and before it was paid.
    pub waived: i64,
    /// Amount that was paid.
    pub paid: i64,
    /// Amount that went back.
    pub refunded: i64,
    /// Amount that is left to pay.
    pub due: i64,
    /// Corrections.
    pub credit_notes: Vec<CreditNote>,
}

/// List of what is in a parcel, or is to be. It has no prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PackingSlip {
    /// Name of the marketplace.
    pub shop: String,
    /// Number of the order.
    pub order: String,
    /// Name of the seller.
    pub seller: String,
    /// Time of the order, in milliseconds since 1970 UTC.
    pub ordered_at_ms: i64,
    /// Time at which the parcel was sent; none if it is still to be.
    pub sent_at_ms: Option<i64>,
    /// Lines of the address of delivery.
    pub delivery_address: Vec<String>,
    /// Name of the delivery method.
    pub delivery_method: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Number of the parcel.
    pub tracking: Option<String>,
    /// Goods.
    pub units: Vec<NamedUnits>,
    /// Note of the customer.
    pub note: Option<String>,
}

/// A page for printing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// HTML with one style element, and neither scripts nor styles of elements.
    pub html: String,
}

#[derive(Serialize)]
struct Invoices<'a> {
    papers: &'a [Invoice],
}

impl TaxSum {
    /// Adds up rate, net and tax of lines by their rates, the lowest rate first.
    pub fn by_rate(lines: impl IntoIterator<Item = (i64, i64, i64)>) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for (ppm, net, tax) in lines {
            let at = sums.partition_point(|sum| sum.ppm < ppm);
            if sums.get(at).is_none_or(|sum| sum.ppm != ppm) {
                sums.insert(
                    at,
                    Self {
                        ppm,
                        ..Self::default()
                    },
                );
            }
            let sum = &mut sums[at];
            sum.net = sum.net.saturating_add(net);
            sum.tax = sum.tax.saturating_add(tax);
            sum.gross = sum.net.saturating_add(sum.tax);
        }
        sums
    }
}

impl Document {
    /// Writes invoices, each on a page of its own.
    ///
    /// # Errors
    /// If a template asks for a value that is not there.
    pub fn invoices(language: &str, papers: &[Invoice]) -> Result<Self, PaperError> {
        let html = render(Locale::of(language), "invoice.html", &Invoices { papers })?;
        Ok(Self { html })
    }

    /// Writes a packing slip.
    ///
    /// # Errors
    /// If a template asks for a value that is not there.
    pub fn packing_slip(language: &str, slip: &PackingSlip) -> Result<Self, PaperError> {
        let html = render(Locale::of(language), "packing_slip.html", slip)?;
        Ok(Self { html })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice() -> Invoice {
        Invoice {
            shop: "Souk".to_owned(),
            number: "R-000003".to_owned(),
            order: "000017-1".to_owned(),
            currency: "EUR".to_owned(),
            tax_included: true,
            issued_at_ms: 1_796_133_900_000,
            ordered_at_ms: 1_796_047_500_000,
            supplied_at_ms: None,
            seller: Party {
                lines: vec!["Mugs & Co".to_owned()],
                mail: None,
            },
            customer: Party {
                lines: vec!["<b>Ada</b>".to_owned(), "10115 Berlin".to_owned()],
                mail: Some("ada@mail.example".to_owned()),
            },
            lines: vec![PaperLine {
                title: "Mug <script>alert(1)</script>".to_owned(),
                options: String::new(),
                sku: "mug-1".to_owned(),
                units: 2,
                unit_price: 1_595,
                discount: 190,
                tax_ppm: 190_000,
                total: 3_000,
            }],
            delivery: Some(PaperLine {
                title: "Parcel".to_owned(),
                unit_price: 490,
                tax_ppm: 70_000,
                total: 490,
                ..PaperLine::default()
            }),
            sums: Sums {
                goods: 3_190,
                discount: 190,
                delivery: 490,
                delivery_discount: 0,
                net: 2_979,
                tax: 511,
                total: 3_490,
            },
            taxes: TaxSum::by_rate([(190_000, 2_521, 479), (70_000, 458, 32)]),
            waived: 0,
            paid: 3_490,
            refunded: 0,
            due: 0,
            credit_notes: vec![CreditNote {
                number: "G-000001".to_owned(),
                issued_at_ms: 1_796_133_900_000,
                reason: Some("a \"scratch\"".to_owned()),
                lines: vec![("Mug".to_owned(), 1_500)],
                delivery: 0,
                goodwill: 100,
                total: 1_600,
                tax: 240,
            }],
        }
    }

    #[test]
    fn invoice_has_all_figures_in_the_form_of_its_language() {
        let english = Document::invoices("en", &[invoice()]).unwrap().html;
        for text in [
            "<title>Invoice R-000003</title>",
            "1 December 2026",
            "30 November 2026",
            "000017-1",
            "€30.00",
            "-€1.90",
            "€34.90",
            "19%",
            "7%",
            "€25.21",
            "€4.79",
            "€4.58",
            "Credit note G-000001",
            "-€16.00",
            "-€2.40",
            "€0.00",
        ] {
            assert!(english.contains(text), "{text}\n{english}");
        }
        let german = Document::invoices("de", &[invoice()]).unwrap().html;
        for text in [
            "<html lang=\"de\">",
            "Rechnung R-000003",
            "1. Dezember 2026",
            "34,90\u{a0}€",
            "19\u{a0}%",
            "Gutschrift G-000001",
        ] {
            assert!(german.contains(text), "{text}\n{german}");
        }
    }

    #[test]
    fn value_with_markup_is_text_and_no_script_or_style_of_an_element_is_there() {
        let html = Document::invoices("en", &[invoice()]).unwrap().html;
        assert!(html.contains("&lt;b&gt;Ada&lt;"), "{html}");
        for text in ["<b>", "<script", "style=", "onload"] {
            assert!(!html.contains(text), "{text}\n{html}");
        }
        assert_eq!(html.matches("<style>").count(), 1);
        assert!(html.contains("@page { size: A4"), "{html}");
    }

    #[test]
    fn invoices_of_a_purchase_are_articles_of_one_page() {
        let second = Invoice {
            number: "R-000004".to_owned(),
            tax_included: false,
            supplied_at_ms: Some(1_796_133_900_000),
            waived: 500,
            refunded: 100,
            credit_notes: Vec::new(),
            delivery: None,
            ..invoice()
        };
        let html = Document::invoices("en", &[invoice(), second]).unwrap().html;
        assert_eq!(html.matches("<article>").count(), 2);
        assert_eq!(html.matches("<style>").count(), 1);
        assert!(
            html.contains("<title>Invoice R-000003 R-000004</title>"),
            "{html}"
        );
        for text in ["plus VAT", "Date of supply", "-€5.00", "€1.00"] {
            assert!(html.contains(text), "{text}\n{html}");
        }
    }

    #[test]
    fn packing_slip_has_goods_and_no_prices() {
        let slip = PackingSlip {
            shop: "Souk".to_owned(),
            order: "000017-1".to_owned(),
            seller: "Mugs & Co".to_owned(),
            ordered_at_ms: 1_796_047_500_000,
            delivery_address: vec!["Ada <b>".to_owned()],
            delivery_method: Some("Parcel".to_owned()),
            units: vec![NamedUnits {
                title: "Mug".to_owned(),
                options: "Colour: red".to_owned(),
                sku: "mug-1".to_owned(),
                units: 2,
            }],
            note: Some("ring <twice>".to_owned()),
            ..PackingSlip::default()
        };
        let html = Document::packing_slip("de", &slip).unwrap().html;
        for text in [
            "Lieferschein 000017-1",
            "Zu versenden",
            "Mug (Colour: red)",
            "mug-1",
            "Ada &lt;b&gt;",
            "ring &lt;twice&gt;",
        ] {
            assert!(html.contains(text), "{text}\n{html}");
        }
        assert!(!html.contains('€'), "{html}");
        let sent = PackingSlip {
            sent_at_ms: Some(1_796_133_900_000),
            carrier: Some("Post".to_owned()),
            tracking: Some("1Z".to_owned()),
            ..slip
        };
        let html = Document::packing_slip("en", &sent).unwrap().html;
        for text in ["Contents", "Sent on", "Post", "1Z"] {
            assert!(html.contains(text), "{text}\n{html}");
        }
    }

    #[test]
    fn taxes_are_added_up_by_rate() {
        let sums = TaxSum::by_rate([(190_000, 100, 19), (70_000, 100, 7), (190_000, 10, 2)]);
        let of = |ppm, net, tax| TaxSum {
            ppm,
            net,
            tax,
            gross: net + tax,
        };
        assert_eq!(sums, [of(70_000, 100, 7), of(190_000, 110, 21)]);
        assert_eq!(TaxSum::by_rate([]), []);
    }
}
