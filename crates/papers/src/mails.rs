//! Mails about purchases.

use serde::{Deserialize, Serialize};

use crate::{
    engine::{PaperError, render},
    locale::Locale,
    values::{NamedUnits, OrderPart, Sums},
};

/// Occasion of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// A purchase was placed.
    OrderPlaced,
    /// A parcel was sent.
    OrderSent,
    /// An order was cancelled, or a part of it.
    OrderCancelled,
    /// Money goes back.
    OrderRefunded,
    /// Goods came back.
    OrderReturned,
    /// A customer withdrew: the receipt with content and time.
    WithdrawalReceived,
    /// A payment failed after the customer had left.
    PaymentFailed,
    /// A purchase ended without being paid.
    PurchaseEnded,
}

/// Values of a mail. Those that its kind does not need stay empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PurchaseMail {
    /// Name of the marketplace.
    pub shop: String,
    /// Number of the purchase or order; absent until it is placed.
    pub number: Option<String>,
    /// Page of the purchase in the storefront.
    pub link: Option<String>,
    /// Currency of all amounts, ISO 4217.
    pub currency: String,
    /// Time of what the mail is about, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Time at which the purchase was placed, in milliseconds since 1970 UTC.
    pub placed_at_ms: Option<i64>,
    /// True if prices had their tax within.
    pub tax_included: bool,
    /// True if the money has come already.
    pub is_paid: bool,
    /// Time to withdraw after the delivery in days; 0 if there is none.
    pub withdrawal_days: u32,
    /// Orders, one for each seller.
    pub orders: Vec<OrderPart>,
    /// Sums of them.
    pub sums: Sums,
    /// Lines of the address of delivery.
    pub delivery_address: Vec<String>,
    /// Lines of the address of the bill.
    pub billing_address: Vec<String>,
    /// Seller of the order that the mail is about.
    pub seller: String,
    /// Units that the mail is about.
    pub units: Vec<NamedUnits>,
    /// True if it is about all of the order.
    pub is_whole: bool,
    /// Amount that goes back.
    pub amount: i64,
    /// Reason that was given.
    pub reason: Option<String>,
    /// Name of the customer, as in the address of the bill.
    pub customer: String,
    /// Mail address of the customer.
    pub mail: String,
    /// Carrier.
    pub carrier: Option<String>,
    /// Number of the parcel.
    pub tracking: Option<String>,
    /// Page that follows the parcel.
    pub tracking_url: Option<String>,
}

/// A mail as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenMail {
    /// Subject.
    pub subject: String,
    /// Body as plain text.
    pub text: String,
    /// Body as HTML.
    pub html: String,
}

impl MailKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::OrderPlaced,
        Self::OrderSent,
        Self::OrderCancelled,
        Self::OrderRefunded,
        Self::OrderReturned,
        Self::WithdrawalReceived,
        Self::PaymentFailed,
        Self::PurchaseEnded,
    ];

    /// Returns the name of the template.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order_placed",
            Self::OrderSent => "order_sent",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderRefunded => "order_refunded",
            Self::OrderReturned => "order_returned",
            Self::WithdrawalReceived => "withdrawal_received",
            Self::PaymentFailed => "payment_failed",
            Self::PurchaseEnded => "purchase_ended",
        }
    }

    /// Returns the kind of a template; none if it is no mail about a purchase.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Writes the mail in a language, in English if there are no texts in it.
    ///
    /// # Errors
    /// If a template asks for a value that is not there.
    pub fn write(self, language: &str, values: &PurchaseMail) -> Result<WrittenMail, PaperError> {
        let locale = Locale::of(language);
        let values = &PurchaseMail {
            tracking_url: values.tracking_url.clone().filter(|url| is_web(url)),
            link: values.link.clone().filter(|url| is_web(url)),
            ..values.clone()
        };
        let form = |form: &str| render(locale, &format!("{}.{form}", self.name()), values);
        // A subject is one line.
        let subject = form("subject")?.replace(char::is_control, " ");
        let body = form("html")?;
        let html = format!(
            "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
             <body style=\"font-family:sans-serif;line-height:1.4;max-width:42em\">{body}</body></html>",
            locale.code()
        );
        Ok(WrittenMail {
            subject: subject.trim().to_owned(),
            text: tidy(&form("txt")?),
            html,
        })
    }
}

/// Reports whether a link leads to the web, and not into a script.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Returns a text without spaces at ends of lines, and with one empty line between paragraphs.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut is_gap = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && is_gap {
            continue;
        }
        is_gap = line.is_empty();
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::PaperLine;

    fn values() -> PurchaseMail {
        PurchaseMail {
            shop: "Ann & Ben".to_owned(),
            number: Some("000017".to_owned()),
            link: Some("https://shop.example/orders/17".to_owned()),
            currency: "EUR".to_owned(),
            at_ms: 1_796_133_900_000,
            placed_at_ms: Some(1_796_133_900_000),
            tax_included: true,
            is_paid: true,
            withdrawal_days: 14,
            orders: vec![OrderPart {
                number: "000017-1".to_owned(),
                seller: "Mugs <b>& Co</b>".to_owned(),
                delivery_method: Some("Parcel".to_owned()),
                lines: vec![PaperLine {
                    title: "Mug <script>".to_owned(),
                    options: "Colour: red".to_owned(),
                    sku: "mug-1".to_owned(),
                    units: 2,
                    unit_price: 1_595,
                    discount: 190,
                    tax_ppm: 190_000,
                    total: 3_000,
                }],
            }],
            sums: Sums {
                goods: 3_190,
                discount: 190,
                delivery: 490,
                delivery_discount: 0,
                net: 2_933,
                tax: 557,
                total: 3_490,
            },
            delivery_address: vec!["Ada <b>".to_owned(), "10115 Berlin".to_owned()],
            billing_address: vec!["Ada Lovelace".to_owned(), "10117 Berlin".to_owned()],
            seller: "Mugs & Co".to_owned(),
            units: vec![NamedUnits {
                title: "Mug <script>".to_owned(),
                options: "Colour: red".to_owned(),
                sku: "mug-1".to_owned(),
                units: 1,
            }],
            is_whole: false,
            amount: 1_500,
            reason: Some("a {{ scratch }}".to_owned()),
            customer: "Ada Lovelace".to_owned(),
            mail: "ada@mail.example".to_owned(),
            carrier: Some("Post".to_owned()),
            tracking: Some("1Z999".to_owned()),
            tracking_url: Some("https://post.example/1Z999?a=1&b=2".to_owned()),
        }
    }

    #[test]
    fn mail_of_every_kind_is_written_in_both_languages_and_forms() {
        for kind in MailKind::ALL {
            let [en, de] = ["en", "de"].map(|language| kind.write(language, &values()).unwrap());
            assert_ne!(en.text, de.text, "{kind:?}");
            assert_ne!(en.subject, de.subject, "{kind:?}");
            for mail in [&en, &de] {
                assert!(mail.subject.contains("Ann & Ben"), "{}", mail.subject);
                assert!(!mail.subject.contains('\n'), "{}", mail.subject);
                assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
                assert!(!mail.text.contains("{%"), "{}", mail.text);
                assert!(!mail.html.contains("<script>"), "{}", mail.html);
                assert!(!mail.html.contains("<b>"), "{}", mail.html);
                assert!(!mail.html.contains("&amp;amp;"), "{}", mail.html);
                assert!(!mail.html.contains("&lt;p"), "{}", mail.html);
                assert!(!mail.text.contains("<p"), "{}", mail.text);
                assert!(mail.html.contains("000017"), "{}", mail.html);
                assert!(mail.text.contains("000017"), "{}", mail.text);
            }
            assert_eq!(kind.write("fr", &values()).unwrap(), en);
            assert_eq!(MailKind::of(kind.name()), Some(kind));
        }
        assert_eq!(MailKind::of("reset"), None);
    }

    /// A mail may be about a purchase that has no number yet, of somebody who gave no more than was needed.
    #[test]
    fn mail_of_every_kind_is_written_without_any_value() {
        for kind in MailKind::ALL {
            for language in ["en", "de"] {
                let mail = kind.write(language, &PurchaseMail::default()).unwrap();
                assert!(!mail.text.trim().is_empty(), "{kind:?}");
                assert!(!mail.html.contains("href"), "{}", mail.html);
            }
        }
    }

    #[test]
    fn confirmation_has_lines_sums_addresses_and_the_right_to_withdraw() {
        let mail = MailKind::OrderPlaced.write("en", &values()).unwrap();
        for text in [
            "2 × Mug <script> (Colour: red): €30.00",
            "Mugs <b>& Co</b>",
            "€34.90",
            "-€1.90",
            "€5.57",
            "10115 Berlin",
            "10117 Berlin",
            "within 14 days",
            "https://shop.example/orders/17",
        ] {
            assert!(mail.text.contains(text), "{text}\n{}", mail.text);
        }
        let mail = MailKind::OrderPlaced.write("de", &values()).unwrap();
        for text in [
            "2 × Mug <script> (Colour: red): 30,00\u{a0}€",
            "34,90\u{a0}€",
            "innerhalb von 14 Tagen",
        ] {
            assert!(mail.text.contains(text), "{text}\n{}", mail.text);
        }
        for text in ["Mug &lt;script&gt;", "34,90\u{a0}€", "10115 Berlin"] {
            assert!(mail.html.contains(text), "{text}\n{}", mail.html);
        }
    }

    #[test]
    fn confirmation_without_a_right_to_withdraw_does_not_speak_of_it() {
        let values = PurchaseMail {
            withdrawal_days: 0,
            ..values()
        };
        let mail = MailKind::OrderPlaced.write("en", &values).unwrap();
        assert!(!mail.text.contains("withdraw"), "{}", mail.text);
    }

    #[test]
    fn receipt_of_a_withdrawal_has_its_content_and_time() {
        let mail = MailKind::WithdrawalReceived.write("en", &values()).unwrap();
        for text in [
            "1 December 2026, 14:05 UTC",
            "1 × Mug <script> (Colour: red)",
            "000017",
            "Ada Lovelace",
            "ada@mail.example",
            "a {{ scratch }}",
        ] {
            assert!(mail.text.contains(text), "{text}\n{}", mail.text);
        }
    }

    #[test]
    fn link_that_is_none_of_the_web_is_left_out() {
        let values = PurchaseMail {
            tracking_url: Some("javascript:alert(1)".to_owned()),
            ..values()
        };
        let mail = MailKind::OrderSent.write("en", &values).unwrap();
        assert!(!mail.html.contains("javascript"), "{}", mail.html);
        assert!(mail.text.contains("1Z999"), "{}", mail.text);
    }

    #[test]
    fn subject_of_a_shop_with_a_line_break_is_one_line() {
        let values = PurchaseMail {
            shop: "Souk\r\nBcc: all".to_owned(),
            ..values()
        };
        let mail = MailKind::OrderPlaced.write("en", &values).unwrap();
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
    }
}
