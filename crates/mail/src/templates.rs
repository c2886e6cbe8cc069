//! Texts of mails. A template is a file: its first line is the subject, and the rest paragraphs.
//!
//! `{shop}`, `{name}`, `{product}` and `{url}` stand for values. The form in HTML is made of the same paragraphs, so that both say the same.

use serde::Deserialize;

/// Values of a template.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Values {
    /// Name of the marketplace.
    pub shop: String,
    /// Name of the recipient; may be empty.
    #[serde(default)]
    pub name: String,
    /// Title of a product, where the mail is about one.
    #[serde(default)]
    pub product: String,
    /// Name of the seller that a mail is about; may be empty.
    #[serde(default)]
    pub seller: String,
    /// Reason that was given; may be empty.
    #[serde(default)]
    pub reason: String,
    /// Link, where the mail has one.
    pub url: Option<String>,
}

/// A mail as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Subject.
    pub subject: String,
    /// Body as plain text.
    pub text: String,
    /// Body as HTML.
    pub html: String,
}

/// A mail that has no text.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// No template has this name.
    #[error("no mail is called `{0}`")]
    Unknown(String),
    /// A mail about a purchase cannot be written.
    #[error(transparent)]
    Paper(#[from] souk_papers::PaperError),
    /// The values cannot be read.
    #[error("the values of a mail cannot be read")]
    Values(#[source] serde_json::Error),
}

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        /// Names of all templates.
        #[cfg(test)]
        const NAMES: &[&str] = &[$($name),+];

        fn source(name: &str, language: &str) -> Option<&'static str> {
            Some(match (name, language) {
                $(
                    ($name, "de") => include_str!(concat!("../templates/de/", $name, ".txt")),
                    // English is for everybody else.
                    ($name, _) => include_str!(concat!("../templates/en/", $name, ".txt")),
                )+
                _ => return None,
            })
        }
    };
}

templates!(
    "verify",
    "known",
    "reset",
    "password_changed",
    "address",
    "address_asked",
    "address_changed",
    "invitation",
    "role_given",
    "factor_added",
    "factor_removed",
    "recovery_code_used",
    "webhook_disabled",
    "back_in_stock",
    "price_below",
    "seller_approved",
    "seller_rejected",
    "seller_suspended",
    "seller_reinstated",
    "seller_payout_account"
);

/// Returns the mail of a template in a language, English if there is no such text.
///
/// # Errors
/// If there is no such template.
pub fn render(name: &str, language: &str, values: &Values) -> Result<Letter, TemplateError> {
    let source = source(name, language).ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
    let (subject, body) = source.split_once("\n\n").unwrap_or((source, ""));
    let fill = |text: &str, of: fn(&str) -> String| {
        // In one pass, so that a value with braces stays a value.
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (key, behind) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(&of(before));
            let value = match key {
                "shop" => &values.shop,
                "name" => &values.name,
                "product" => &values.product,
                "seller" => &values.seller,
                "reason" => &values.reason,
                _ => values.url.as_deref().unwrap_or_default(),
            };
            filled.push_str(&of(value));
            rest = behind;
        }
        filled.push_str(&of(rest));
        filled
    };
    let plain = |text: &str| fill(text, str::to_owned);
    let greeting = |text: String| text.replace(" ,", ",");
    let mut html = String::from("<!doctype html><meta charset=\"utf-8\">");
    let mut text = String::new();
    for paragraph in body.trim().split("\n\n") {
        text.push_str(&greeting(plain(paragraph)));
        text.push_str("\n\n");
        let escaped = greeting(fill(paragraph, escape));
        match paragraph {
            "{url}" => html.push_str(&format!("<p><a href=\"{escaped}\">{escaped}</a></p>")),
            _ => html.push_str(&format!("<p>{escaped}</p>")),
        }
    }
    Ok(Letter {
        // A subject is one line.
        subject: plain(subject).replace(char::is_control, " "),
        text: text.trim_end().to_owned() + "\n",
        html,
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            shop: "Ann & Ben".to_owned(),
            name: "<Ada {url}>".to_owned(),
            product: "Mug".to_owned(),
            seller: "Pottery".to_owned(),
            reason: "no papers".to_owned(),
            url: Some("https://shop.example/account/verify#token=1".to_owned()),
        }
    }

    #[test]
    fn every_template_has_all_its_languages_and_no_unknown_value() {
        for name in NAMES {
            let mut texts = Vec::new();
            for language in ["en", "de"] {
                let source = source(name, language).unwrap();
                let (subject, body) = source.split_once("\n\n").unwrap();
                assert!(!subject.contains('\n') && body.contains("\n\n"), "{name}");
                for key in source.split('{').skip(1) {
                    let (key, _) = key.split_once('}').unwrap();
                    assert!(
                        ["shop", "name", "product", "seller", "reason", "url"].contains(&key),
                        "{name}: {key}"
                    );
                }
                let letter = render(name, language, &values()).unwrap();
                assert!(letter.subject.contains("Ann & Ben"), "{name}");
                texts.push(letter.text);
            }
            assert_ne!(texts[0], texts[1], "{name}");
        }
        assert_eq!(
            render("verify", "fr", &values()).unwrap().subject,
            "Confirm your address at Ann & Ben"
        );
        assert!(render("none", "en", &values()).is_err());
    }

    #[test]
    fn values_are_never_markup_nor_templates() {
        let letter = render("reset", "en", &values()).unwrap();
        assert!(
            letter.text.starts_with("Hello <Ada {url}>,\n"),
            "{}",
            letter.text
        );
        assert!(
            letter.html.contains("Hello &lt;Ada {url}&gt;,"),
            "{}",
            letter.html
        );
        let link = "<a href=\"https://shop.example/account/verify#token=1\">";
        assert!(letter.html.contains(link), "{}", letter.html);
        assert_eq!(letter.html.matches("<a ").count(), 1);
        let letter = render("verify", "en", &values()).unwrap();
        assert!(letter.html.contains("Ann &amp; Ben"), "{}", letter.html);
    }

    /// Anybody can have them sent to anybody, and chose the name.
    #[test]
    fn mail_to_an_address_that_nobody_confirmed_has_no_text_of_its_sender() {
        for name in ["verify", "known", "address"] {
            for language in ["en", "de"] {
                let letter = render(name, language, &values()).unwrap();
                assert!(!letter.text.contains("Ada"), "{}", letter.text);
            }
        }
    }

    #[test]
    fn greeting_without_a_name_has_no_gap() {
        let values = Values {
            name: String::new(),
            shop: "Souk\r\nBcc: all".to_owned(),
            ..values()
        };
        let letter = render("reset", "en", &values).unwrap();
        assert!(letter.text.starts_with("Hello,\n"), "{}", letter.text);
        assert!(!letter.subject.contains(['\r', '\n']), "{}", letter.subject);
    }
}
