//! Size of usual prices in a currency.

use super::{Currency, exponent};

/// Currencies of which a usual price has more digits before the decimal point than one in euros, by how many.
const MORE_DIGITS: &[(u32, &[&str])] = &[
    (
        1,
        &[
            "AFN", "ALL", "BTN", "CUP", "CZK", "DOP", "EGP", "ERN", "GMD", "HNL", "INR", "LSL",
            "MDL", "MKD", "MRU", "MUR", "MVR", "MXN", "MZN", "NAD", "NIO", "NOK", "PHP", "RUB",
            "SCR", "SEK", "SLE", "SRD", "STN", "SZL", "THB", "TJS", "TRY", "TWD", "UAH", "UYU",
            "ZAR", "ZMW", "ZWG",
        ],
    ),
    (
        2,
        &[
            "AMD", "BDT", "CRC", "CVE", "DJF", "DZD", "ETB", "GYD", "HTG", "HUF", "ISK", "JMD",
            "JPY", "KES", "KGS", "KMF", "KRW", "KZT", "LKR", "LRD", "NPR", "PKR", "RSD", "SDG",
            "SOS", "VES", "VUV", "XAF", "XOF", "XPF", "YER",
        ],
    ),
    (
        3,
        &[
            "AOA", "ARS", "BIF", "CDF", "CLP", "COP", "IQD", "KHR", "MGA", "MMK", "MNT", "MWK",
            "NGN", "PYG", "RWF", "SSP", "TZS", "UGX",
        ],
    ),
    (4, &["GNF", "IDR", "LAK", "SYP", "UZS", "VND"]),
    (5, &["IRR", "LBP"]),
];

/// Returns the power of ten of minor units that is about one euro: the unit of the price ladder.
pub fn price_scale(currency: Currency) -> u32 {
    let code = currency.code();
    let mut more = MORE_DIGITS.iter();
    let more = more.find(|(_, codes)| codes.contains(&code));
    exponent(currency) + more.map_or(0, |(digits, _)| *digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price_ladder;

    /// Most of these prices, in major units, that stand on one step.
    fn most_on_a_step(currency: Currency, prices: &[i64]) -> usize {
        let ladder = price_ladder(price_scale(currency));
        let unit = 10_i64.pow(exponent(currency));
        let step = |price: &i64| ladder.partition_point(|from| *from <= price * unit);
        let steps: Vec<_> = prices.iter().map(step).collect();
        let most = steps
            .iter()
            .map(|step| steps.iter().filter(|own| *own == step).count());
        most.max().unwrap_or(0)
    }

    #[test]
    fn usual_prices_spread_over_the_ladder() {
        let rupiah = [
            15_000, 45_000, 99_000, 150_000, 320_000, 499_000, 890_000, 1_250_000,
        ];
        assert!(most_on_a_step(Currency::IDR, &rupiah) <= 2);
        let forint = [990, 1_990, 4_990, 8_990, 14_990, 39_990, 129_990];
        assert!(most_on_a_step(Currency::HUF, &forint) <= 2);
        let yen = [480, 980, 1_980, 4_980, 9_800, 29_800];
        assert!(most_on_a_step(Currency::JPY, &yen) <= 2);
        let euro = [4, 9, 19, 49, 99, 499, 2_000, 20_000];
        assert!(most_on_a_step(Currency::EUR, &euro) <= 2);
    }

    #[test]
    fn ladder_of_any_currency_is_a_number() {
        for currency in [
            Currency::IRR,
            Currency::LBP,
            Currency::VND,
            Currency::KWD,
            Currency::UYW,
        ] {
            let ladder = price_ladder(price_scale(currency));
            assert!(ladder.is_sorted() && ladder.len() == 12, "{currency}");
        }
    }
}
