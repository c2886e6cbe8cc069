//! Offers of variants: price, list price, sale and stock.

mod sales;

use souk_domain::{Currency, InvalidField, Money, StockPolicy};

use super::columns::{Columns, Taken};
use super::money::{Amount, PriceUnit, named_currency, read_minor, wrong};
use super::value;
use super::words::{self, Availability};
use crate::import::gather::facts::Facts;
use crate::import::imported::{Offer, Sale, Stock};
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::profile::known::Profile;
use crate::import::profile::names::plain;

/// Facts by which a file's amounts and stocks are read.
pub(in crate::import) struct Terms<'a> {
    pub profile: &'a Profile,
    pub facts: &'a Facts,
    pub unit: Option<PriceUnit>,
    pub currency: Currency,
    /// True if the file says of each row whether stock is tracked.
    pub has_tracker: bool,
    /// True if some column of the file is about stock.
    pub has_stock: bool,
}

/// Offer of a row, and the fault of its price if that cannot be read: then the offer has no amounts.
pub(in crate::import) type Read = (Offer, Option<InvalidField>);

/// Reads the offer of a row; what it leaves open is its parent row's.
pub(in crate::import) fn offer(
    terms: &Terms<'_>,
    own: &Columns,
    parent: Option<&Columns>,
    losses: &mut Losses,
) -> Read {
    let (prices, fault) = match prices(terms, own, parent, losses) {
        Ok(prices) => (prices, None),
        Err(fault) => (Prices::default(), Some(fault)),
    };
    let (stock, backorder) = stock(terms, own, parent, losses);
    let offer = Offer {
        price: prices.price,
        inherits: prices.inherits,
        list_price: prices.list_price,
        sale: prices.sale,
        stock,
        backorder,
        condition: text_of(own, parent, Field::Condition).and_then(|text| words::condition(&text)),
    };
    (offer, fault)
}

/// Amounts of an offer.
#[derive(Default)]
struct Prices {
    price: Option<Money>,
    /// True if the price is the parent row's.
    inherits: bool,
    list_price: Option<Money>,
    sale: Option<Sale>,
}

fn prices(
    terms: &Terms<'_>,
    own: &Columns,
    parent: Option<&Columns>,
    losses: &mut Losses,
) -> Result<Prices, InvalidField> {
    let currency = row_currency(own, parent, terms.currency)?;
    let mut reader = Amounts {
        terms,
        currency,
        losses,
    };
    let own_price = reader
        .money(own, Field::Price)?
        .filter(|money| parent.is_none() || money.minor > 0);
    let inherits = own_price.is_none();
    let mut price = match own_price {
        Some(price) => Some(price),
        None => inherited(&mut reader, parent, Field::Price)?,
    };
    if let Some(surcharge) = reader.signed(own, Field::Surcharge)?
        && let Some(base) = &mut price
    {
        *base = with_surcharge(*base, surcharge)?;
    }
    if price.is_some_and(|price| price.minor < 0) {
        return Err(wrong("is not negative"));
    }
    let mut amount = |field| {
        let found = match reader.money_or_lost(own, field) {
            None if inherits => parent.and_then(|parent| reader.money_or_lost(parent, field)),
            found => found,
        };
        found.filter(|money| money.minor > 0)
    };
    let list_price = amount(Field::ListPrice);
    let sale_price = amount(Field::SalePrice);
    let from = if inherits { parent.unwrap_or(own) } else { own };
    let reduced = price.and_then(|price| {
        discounted(&mut reader, own, price).or_else(|| {
            let parent = parent.filter(|_| inherits)?;
            discounted(&mut reader, parent, price)
        })
    });
    let on_sale = text_of(own, parent, Field::OnSale).and_then(|text| words::truth(&text));
    let sale_price = match on_sale {
        Some(false) => None,
        _ => sale_price.or(reduced),
    };
    let dates_of = if own.get(Field::SalePrice).is_some() {
        own
    } else {
        from
    };
    let sale = sale_price.and_then(|price| sales::sale(price, dates_of, losses));
    // Only a sale price: it is the price.
    let (price, sale) = match (price, sale) {
        (None, Some(only)) => (Some(only.price), None),
        other => other,
    };
    let comparable = |other: &Money| price.is_some_and(|price| price.currency == other.currency);
    let above =
        |other: &Money| comparable(other) && price.is_some_and(|price| other.minor > price.minor);
    let below =
        |other: &Money| comparable(other) && price.is_some_and(|price| other.minor < price.minor);
    lose(
        losses,
        Loss::ListPriceBelow,
        usize::from(list_price.as_ref().is_some_and(|list| !above(list))),
    );
    lose(
        losses,
        Loss::SaleAbove,
        usize::from(sale.is_some_and(|sale| !below(&sale.price))),
    );
    Ok(Prices {
        price,
        inherits: inherits && price.is_some() && parent.is_some(),
        list_price: list_price.filter(above),
        sale: sale.filter(|sale| below(&sale.price)),
    })
}

/// Adds what a variant costs more than its product, or less.
fn with_surcharge(base: Money, surcharge: Money) -> Result<Money, InvalidField> {
    if surcharge.currency != base.currency {
        return Err(wrong("has a surcharge in another currency"));
    }
    base.minor
        .checked_add(surcharge.minor)
        .map(|minor| Money::new(minor, base.currency))
        .ok_or_else(|| wrong("is too large with its surcharge"))
}

fn inherited(
    reader: &mut Amounts<'_, '_>,
    parent: Option<&Columns>,
    field: Field,
) -> Result<Option<Money>, InvalidField> {
    match parent {
        Some(parent) => reader.money(parent, field),
        None => Ok(None),
    }
}

/// Price after the row's discount, if it has one.
fn discounted(reader: &mut Amounts<'_, '_>, columns: &Columns, price: Money) -> Option<Money> {
    let mode = columns.text(Field::DiscountMode).unwrap_or_default();
    let in_percent = mode.to_lowercase().contains("percent");
    let percent = match in_percent {
        true => columns.text(Field::DiscountAmount),
        false => columns.text(Field::DiscountPercent),
    };
    let percent = percent
        .and_then(|text| {
            text.trim()
                .trim_end_matches('%')
                .trim()
                .replace(',', ".")
                .parse::<f64>()
                .ok()
        })
        .filter(|percent| *percent > 0.0 && *percent < 100.0);
    if let Some(percent) = percent {
        // Percentages have few digits: thousandths of a percent are exact.
        let kept = 100_000 - (percent * 1_000.0).round() as i128;
        let minor = (i128::from(price.minor) * kept + 50_000) / 100_000;
        return i64::try_from(minor)
            .ok()
            .map(|minor| Money::new(minor, price.currency));
    }
    if in_percent {
        return None;
    }
    reader
        .money_or_lost(columns, Field::DiscountAmount)
        .filter(|amount| amount.currency == price.currency)
        .filter(|amount| amount.minor > 0 && amount.minor < price.minor)
        .map(|amount| Money::new(price.minor - amount.minor, price.currency))
}

fn text_of(own: &Columns, parent: Option<&Columns>, field: Field) -> Option<String> {
    own.text(field)
        .or_else(|| parent.and_then(|parent| parent.text(field)))
}

fn row_currency(
    own: &Columns,
    parent: Option<&Columns>,
    default: Currency,
) -> Result<Currency, InvalidField> {
    let Some(code) = text_of(own, parent, Field::Currency) else {
        return Ok(default);
    };
    let code = code.trim().to_uppercase();
    // Older Russian feeds.
    let code = if code == "RUR" { "RUB" } else { code.as_str() };
    Currency::from_code(code).ok_or_else(|| {
        InvalidField::new(
            "currency",
            format!("`{code}` is not a code of ISO 4217 such as EUR"),
        )
    })
}

/// Reads amounts of one row.
struct Amounts<'a, 'l> {
    terms: &'a Terms<'a>,
    currency: Currency,
    losses: &'l mut Losses,
}

impl Amounts<'_, '_> {
    fn money(&mut self, columns: &Columns, field: Field) -> Result<Option<Money>, InvalidField> {
        match self.signed(columns, field)? {
            Some(money) if money.minor < 0 => Err(wrong("is not negative")),
            found => Ok(found),
        }
    }

    /// An amount beside the price; one that cannot be read costs itself only.
    fn money_or_lost(&mut self, columns: &Columns, field: Field) -> Option<Money> {
        self.money(columns, field).unwrap_or_else(|_| {
            lose(self.losses, Loss::Amount, 1);
            None
        })
    }

    fn signed(&mut self, columns: &Columns, field: Field) -> Result<Option<Money>, InvalidField> {
        let mut candidates: Vec<&Taken> = columns.all(field).collect();
        // Of several markets' columns, the one in the marketplace's own currency.
        let own = self.currency;
        candidates.sort_by_key(|taken| {
            named_currency(&taken.name).is_some_and(|currency| currency != own)
        });
        let Some(taken) = candidates.first() else {
            return Ok(None);
        };
        let Some(text) = value::text(&taken.value) else {
            lose(self.losses, Loss::Amount, 1);
            return Ok(None);
        };
        let by_name = named_currency(&taken.name);
        let name = plain(&taken.name);
        let minor_by_name = name.ends_with("minor") || name.ends_with("cents");
        if minor_by_name
            || self.terms.profile.minor_prices
            || self.terms.unit == Some(PriceUnit::Minor)
        {
            return read_minor(&text, by_name.unwrap_or(self.currency)).map(Some);
        }
        let amount = match Amount::of_value(&taken.value) {
            None => {
                lose(self.losses, Loss::Amount, usize::from(!is_no_amount(&text)));
                return Ok(None);
            }
            Some(amount) => amount?,
        };
        let currency = amount.currency.or(by_name).unwrap_or(self.currency);
        let mark = self
            .terms
            .facts
            .mark(&taken.name, amount.currency, currency);
        let (minor, rounded) = amount.minor(currency, mark)?;
        lose(self.losses, Loss::Rounded, usize::from(rounded));
        Ok(Some(Money::new(minor, currency)))
    }
}

/// Reports whether a text says that there is no amount.
fn is_no_amount(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.chars().all(|c| !c.is_alphanumeric())
        || matches!(
            text.as_str(),
            "n/a" | "na" | "none" | "null" | "nan" | "nil" | "variable"
        )
}

/// Stock of a row, and whether it may be sold beyond.
fn stock(
    terms: &Terms<'_>,
    own: &Columns,
    parent: Option<&Columns>,
    losses: &mut Losses,
) -> (Option<Stock>, bool) {
    let mut backorder = text_of(own, parent, Field::Backorders)
        .and_then(|text| words::truth(&text))
        .unwrap_or(false);
    let mut available = own
        .text(Field::Availability)
        .and_then(|text| words::availability(&text));
    let mut units: Option<i64> = None;
    let mut unread = 0;
    for taken in own.all(Field::Stock) {
        let text = value::text(&taken.value).unwrap_or_default();
        match read_units(&text) {
            Some(number) => units = Some(units.unwrap_or(0).saturating_add(number)),
            None => match words::availability(&text) {
                Some(found) => available = Some(found),
                None => unread += 1,
            },
        }
    }
    lose(losses, Loss::UnreadStock, unread);
    if let Some(number) = units
        && number < 0
    {
        lose(losses, Loss::NegativeStock, 1);
        units = Some(0);
    }
    let tracker = text_of(own, parent, Field::Tracker);
    let policy = own
        .text(Field::StockPolicy)
        .and_then(|text| text.parse::<StockPolicy>().ok());
    if let Some(policy) = policy {
        let stock = match policy {
            StockPolicy::Untracked => Stock::Untracked,
            StockPolicy::Tracked | StockPolicy::Backorder => Stock::Units(units.unwrap_or(0)),
        };
        return (Some(stock), policy == StockPolicy::Backorder);
    }
    let untracked = match tracker.as_deref().map(|text| text.trim().to_lowercase()) {
        Some(word) => matches!(
            word.as_str(),
            "false" | "no" | "n" | "0" | "none" | "not tracked"
        ),
        None => terms.has_tracker,
    };
    if available == Some(Availability::OfParent) {
        if let Some(parent) = parent {
            let (stock, more) = stock_of_parent(terms, parent, losses);
            return (stock, backorder || more);
        }
        available = None;
    }
    if available == Some(Availability::Backorder) {
        backorder = true;
    }
    let stock = match (units, available) {
        _ if untracked && available != Some(Availability::Out) => Some(Stock::Untracked),
        (_, Some(Availability::Out)) => Some(Stock::Units(0)),
        (Some(units), _) => Some(Stock::Units(units)),
        (None, Some(Availability::In)) => Some(Stock::Untracked),
        (None, Some(Availability::Backorder)) => Some(Stock::Units(0)),
        // The shop's other rows say it of each; this one is silent.
        (None, _) if terms.has_stock => parent.and_then(|parent| {
            let says =
                parent.get(Field::Availability).is_some() || parent.get(Field::Stock).is_some();
            says.then(|| stock_of_parent(terms, parent, losses).0)
                .flatten()
        }),
        // No column of a shop's export is about stock: it does not count any.
        (None, _) if !matches!(terms.profile.name.as_str(), "generic" | "souk") => {
            Some(Stock::Untracked)
        }
        _ => None,
    };
    (stock, backorder)
}

fn stock_of_parent(
    terms: &Terms<'_>,
    parent: &Columns,
    losses: &mut Losses,
) -> (Option<Stock>, bool) {
    stock(terms, parent, None, losses)
}

/// Units such as `5`, `5.0`, `1,200` and `10+`.
fn read_units(text: &str) -> Option<i64> {
    let text = text
        .trim()
        .trim_start_matches('\'')
        .trim_end_matches('+')
        .trim();
    let whole = match text.split_once(['.', ',']) {
        Some((whole, fraction))
            if fraction.len() == 3 && fraction.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            if fraction == "000" && text.contains('.') {
                whole.to_owned()
            } else {
                format!("{whole}{fraction}")
            }
        }
        Some((whole, fraction))
            if !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole.to_owned()
        }
        Some(_) => return None,
        None => text.to_owned(),
    };
    whole.replace([' ', '\u{a0}', '\''], "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_as_they_are_written() {
        for (text, units) in [
            ("5", Some(5)),
            ("5.0", Some(5)),
            ("12.0000", Some(12)),
            ("12.000", Some(12)),
            ("1,200", Some(1200)),
            ("10+", Some(10)),
            ("-4", Some(-4)),
            ("400 g", None),
            ("Unlimited", None),
        ] {
            assert_eq!(read_units(text), units, "{text}");
        }
    }
}
