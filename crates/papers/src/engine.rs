//! Templates of each language, and their rendering.
//!
//! A mail's template is a file: its first line is the subject, and the rest is its body, which is rendered once as plain text and
//! once as HTML. Only the blocks that the body is made of differ. In HTML every value is escaped.

use std::sync::LazyLock;

use minijinja::{
    AutoEscape, Environment, Error, UndefinedBehavior, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

use crate::locale::Locale;

/// A paper that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the paper cannot be written")]
pub struct PaperError(#[from] Error);

macro_rules! mails {
    ($($name:literal),+ $(,)?) => {
        /// Names of mails with their templates in a language.
        fn mails(locale: Locale) -> Vec<(&'static str, &'static str)> {
            match locale {
                Locale::English => vec![$(($name, include_str!(concat!("../templates/en/", $name, ".txt")))),+],
                Locale::German => vec![$(($name, include_str!(concat!("../templates/de/", $name, ".txt")))),+],
            }
        }
    };
}

mails!(
    "order_placed",
    "order_sent",
    "order_cancelled",
    "order_refunded",
    "order_returned",
    "withdrawal_received",
    "payment_failed",
    "purchase_ended",
);

const SHARED: [(&str, &str); 5] = [
    ("blocks.txt", include_str!("../templates/blocks.txt")),
    ("blocks.html", include_str!("../templates/blocks.html")),
    ("page.html", include_str!("../templates/page.html")),
    ("invoice.html", include_str!("../templates/invoice.html")),
    (
        "packing_slip.html",
        include_str!("../templates/packing_slip.html"),
    ),
];

static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Locale::English));
static GERMAN: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Locale::German));

fn environment(locale: Locale) -> Environment<'static> {
    // Templates are a part of the program: a test renders each.
    let built = build(locale);
    built.expect("the templates can be read")
}

fn build(locale: Locale) -> Result<Environment<'static>, Error> {
    let words = match locale {
        Locale::English => include_str!("../templates/en/words.json"),
        Locale::German => include_str!("../templates/de/words.json"),
    };
    let words: serde_json::Value =
        serde_json::from_str(words).expect("the words of a language are JSON");
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.add_global("w", Serde(&words));
    environment.add_global("language", locale.code());
    environment.add_filter("money", move |minor: i64, currency: &str| {
        locale.amount(minor, currency)
    });
    environment.add_filter("rate", move |ppm: i64| locale.rate(ppm));
    environment.add_filter("date", move |at_ms: i64| locale.date(at_ms));
    environment.add_filter("time", move |at_ms: i64| locale.time(at_ms));
    for (name, source) in SHARED {
        environment.add_template(name, source)?;
    }
    for (name, source) in mails(locale) {
        let (subject, body) = source.split_once("\n\n").unwrap_or((source, ""));
        environment.add_template_owned(format!("{name}.subject"), subject)?;
        for form in ["txt", "html"] {
            let body = format!("{{% import \"blocks.{form}\" as b %}}\n{body}");
            environment.add_template_owned(format!("{name}.{form}"), body)?;
        }
    }
    Ok(environment)
}

/// Renders a template with values.
///
/// # Errors
/// If there is no such template, or it asks for a value that is not there.
pub(crate) fn render(
    locale: Locale,
    name: &str,
    values: &impl Serialize,
) -> Result<String, PaperError> {
    let environment = match locale {
        Locale::English => &ENGLISH,
        Locale::German => &GERMAN,
    };
    let template = environment.get_template(name)?;
    Ok(template.render(Serde(values))?)
}
