//! `filters`: `(brand:Acme OR brand:"Old Fellow") AND NOT in_stock:false AND price:10 TO 20`.
//!
//! `AND`, `OR`, `NOT` and `TO` are in capital letters. `AND` and `OR` beside each other need parentheses: what comes first
//! is said differently by different documentation, and a guess would be a wrong answer.

use souk_domain::InvalidField;

use super::numeric_filters::{comparison, number, sign};
use super::{Expression, TAGS, Test, Wanted};

/// Deepest nesting of parentheses and negations.
const MAX_DEPTH: usize = 32;

/// Reads the parameter.
pub(crate) fn read(text: &str) -> Result<Expression, InvalidField> {
    if text.trim().is_empty() {
        return Ok(Expression::All(vec![]));
    }
    let mut reader = Reader { text, at: 0 };
    let read = reader.joined(0);
    match read {
        Ok(expression) if reader.rest().is_empty() => Ok(expression),
        Ok(_) => Err(reader.fault("has something after its end")),
        Err(fault) => Err(fault),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// Conditions with `AND`, or with `OR`, between them.
    fn joined(&mut self, depth: usize) -> Result<Expression, InvalidField> {
        if depth > MAX_DEPTH {
            return Err(self.fault("is nested too deeply"));
        }
        let first = self.negatable(depth)?;
        let Some(word) = ["AND", "OR"].into_iter().find(|word| self.is_word(word)) else {
            return Ok(first);
        };
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(self.negatable(depth)?);
        }
        if self.is_word("AND") || self.is_word("OR") {
            return Err(self.fault("needs parentheses where AND and OR are mixed"));
        }
        Ok(match word {
            "AND" => Expression::All(parts),
            _ => Expression::Any(parts),
        })
    }

    fn negatable(&mut self, depth: usize) -> Result<Expression, InvalidField> {
        let mut negated = false;
        while self.take_word("NOT") {
            negated = !negated;
        }
        let expression = if self.take("(") {
            let inner = self.joined(depth + 1)?;
            if !self.take(")") {
                return Err(self.fault("lacks a closing parenthesis"));
            }
            inner
        } else {
            self.condition()?
        };
        Ok(expression.negated_if(negated))
    }

    fn condition(&mut self) -> Result<Expression, InvalidField> {
        let Some((name, _)) = self.word(&[':', '<', '>', '=', '!'])? else {
            return Err(self.fault("lacks a condition such as `brand:Acme`"));
        };
        if self.take(":") {
            return self.value_or_range(&name);
        }
        let Some((sign, rest)) = sign(self.rest()) else {
            // Without an attribute it is a tag.
            return Ok(Expression::value(TAGS, &name));
        };
        self.at = self.text.len() - rest.len();
        let value = self.word(&[])?;
        match value.and_then(|(value, _)| number(&value)) {
            Some(number) => Ok(comparison(&name, sign, number)),
            None => Err(self.fault("lacks a number to compare with")),
        }
    }

    fn value_or_range(&mut self, name: &str) -> Result<Expression, InvalidField> {
        let Some((value, is_quoted)) = self.word(&[])? else {
            return Err(self.fault("lacks a value"));
        };
        if is_quoted || !self.take_word("TO") {
            return Ok(Expression::value(name, &value));
        }
        let to = self.word(&[])?;
        match (number(&value), to.and_then(|(to, _)| number(&to))) {
            (Some(from), Some(to)) => Ok(Expression::Test(Test {
                attribute: name.to_owned(),
                wanted: Wanted::Between(from, to),
            })),
            _ => Err(self.fault("lacks two numbers around TO")),
        }
    }

    /// Takes a word, and tells if it was in quotes. Without quotes it ends at a blank, a parenthesis or one of the `ends`.
    fn word(&mut self, ends: &[char]) -> Result<Option<(String, bool)>, InvalidField> {
        let rest = self.rest();
        match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote).map(|word| Some((word, true))),
            _ => {
                let ends_here = |letter: char| {
                    letter.is_whitespace() || "()".contains(letter) || ends.contains(&letter)
                };
                let word = &rest[..rest.find(ends_here).unwrap_or(rest.len())];
                if word.is_empty() || ["AND", "OR", "NOT", "TO"].contains(&word) {
                    return Ok(None);
                }
                self.at += word.len();
                Ok(Some((word.to_owned(), false)))
            }
        }
    }

    /// Takes a text in quotes; a backslash takes the next quote or backslash as it is.
    fn quoted(&mut self, quote: char) -> Result<String, InvalidField> {
        let mut word = String::new();
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some((_, escaped)) if escaped == quote || escaped == '\\' => word.push(escaped),
                    Some((_, other)) => word.extend(['\\', other]),
                    None => break,
                },
                letter if letter == quote => {
                    self.at += at + quote.len_utf8();
                    return Ok(word);
                }
                letter => word.push(letter),
            }
        }
        Err(self.fault("lacks a closing quote"))
    }

    /// Returns what is left, without blanks before it.
    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        &self.text[self.at..]
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    fn is_word(&mut self, word: &str) -> bool {
        let ends = |rest: &str| {
            let next = rest.chars().next();
            next.is_none_or(|next| next.is_whitespace() || "()\"'".contains(next))
        };
        self.rest().strip_prefix(word).is_some_and(ends)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn fault(&self, message: &str) -> InvalidField {
        let place = self.text[..self.at].chars().count() + 1;
        InvalidField::new("filters", format!("{message}, at character {place}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Comparison;
    use super::super::expression::tests::expressions;
    use super::*;

    /// Writes an expression down, with quotes and parentheses everywhere.
    fn written(expression: &Expression) -> String {
        let list = |parts: &[Expression], word: &str| {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| format!("({})", written(part)))
                .collect();
            parts.join(word)
        };
        match expression {
            Expression::All(parts) => list(parts, " AND "),
            Expression::Any(parts) => list(parts, " OR "),
            Expression::Not(part) => format!("NOT ({})", written(part)),
            Expression::Test(Test { attribute, wanted }) => match wanted {
                Wanted::Value(value) => {
                    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                    format!("{attribute}:\"{value}\"")
                }
                other => panic!("no such value here: {other:?}"),
            },
        }
    }

    /// Lists of one are what is in them.
    fn plain(expression: &Expression) -> Expression {
        match expression {
            Expression::All(parts) | Expression::Any(parts) if parts.len() == 1 => plain(&parts[0]),
            Expression::All(parts) => Expression::All(parts.iter().map(plain).collect()),
            Expression::Any(parts) => Expression::Any(parts.iter().map(plain).collect()),
            Expression::Not(part) => plain(part).negated(),
            Expression::Test(test) => Expression::Test(test.clone()),
        }
    }

    #[test]
    fn conditions_are_read() {
        let number = |sign, number| {
            Expression::Test(Test {
                attribute: "price".to_owned(),
                wanted: Wanted::Number(sign, number),
            })
        };
        let range = Expression::Test(Test {
            attribute: "price".to_owned(),
            wanted: Wanted::Between(5.99, 100.0),
        });
        let brand = |value| Expression::value("brand", value);
        for (text, expected) in [
            ("brand:Acme", brand("Acme")),
            ("brand: \"Old Fellow\"", brand("Old Fellow")),
            ("brand:'it\\'s'", brand("it's")),
            ("\"my attribute\":x", Expression::value("my attribute", "x")),
            ("price > 12.99", number(Comparison::Above, 12.99)),
            ("price<=10", number(Comparison::AtMost, 10.0)),
            ("price != 7", number(Comparison::Equal, 7.0).negated()),
            ("price:5.99 TO 100", range),
            ("brand:\"TO\"", brand("TO")),
            ("published", Expression::value(TAGS, "published")),
            ("NOT brand:ORACLE", brand("ORACLE").negated()),
            ("NOT(brand:a)", brand("a").negated()),
            ("brand:a:b", brand("a:b")),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        let mixed = read("a:1 AND (b:1 OR NOT c:1)").unwrap();
        let value = |name| Expression::value(name, "1");
        let any = Expression::Any(vec![value("b"), value("c").negated()]);
        assert_eq!(mixed, Expression::All(vec![value("a"), any]));
    }

    #[test]
    fn unreadable_text_is_refused() {
        for bad in [
            "a:1 AND b:1 OR c:1",
            "a:1 OR b:1 AND c:1",
            "a:1 b:1",
            "(a:1",
            "a:1)",
            "AND a:1",
            "a:1 AND",
            "a:",
            "a:\"x",
            "price >",
            "price > x",
            "price:1 TO",
            "price:a TO b",
            "()",
            "NOT",
        ] {
            assert_eq!(read(bad).unwrap_err().field, "filters", "{bad}");
        }
        assert!(read(&"(".repeat(10_000)).is_err());
    }

    proptest! {
        #[test]
        fn written_expression_is_read_back(expression in expressions()) {
            prop_assert_eq!(read(&written(&expression)).map(|read| plain(&read)), Ok(plain(&expression)));
        }

        #[test]
        fn any_value_can_be_quoted(value in ".*") {
            let expression = Expression::value("brand", &value);
            prop_assert_eq!(read(&written(&expression)), Ok(expression));
        }

        #[test]
        fn nothing_panics(text in "[a-c:<>=!()\"'\\\\ ANDORTO0-9é]{0,60}") {
            let _ = read(&text);
        }
    }
}
